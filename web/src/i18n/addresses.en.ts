/** English words of addresses that are looked for. */
export const addressesEn = {
  addresses: {
    building: 'Building',
    address: 'Door',
    place: 'Place',
    pole: 'Pole',
    road: 'Road',
    crossing: 'Crossing',
    area: 'Area',
    noGrid: 'in no grid',
    certain: 'address matches',
    perhaps: 'perhaps here ({percent}%)',
  },
}
