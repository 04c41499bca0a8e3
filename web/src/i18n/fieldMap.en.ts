/** English words of the field app's map and of the map taken along. */
export const fieldMapEn = {
  fieldMap: {
    label: 'Map, north is up',
    key: 'Key',
    place: 'Where it is; can be dragged',
    whereAmI: 'Where am I',
    notLocated: 'Your place is not known yet. Turn location on and wait a moment in the open.',
    noMap:
      'The map did not load: no network, and none was taken along. Reports and patrols work all the same.',
    takeOne: 'Take the map along when there is a network',
    offer: 'Take the map along',
    waiting: 'not walked yet',
    walked: 'walked',
    track: 'my track',
    along: {
      title: 'Map to take along',
      grids:
        'My {n} grids and {metres} m around: roads, buildings, water, names, outlines of grids. Works without a network.',
      area: 'My area and {metres} m around: roads, buildings, water, names, outlines of grids. Works without a network.',
      size: '{size}',
      fetch: 'Download ({size})',
      fetching: 'Downloading {come} of {size}',
      drawing: 'Getting it ready…',
      stop: 'Stop',
      here: 'Downloaded {time}, {size}',
      newer: 'The map has changed ({size}): grids or roads are different.',
      update: 'Update',
      newest: 'It is the latest.',
      drop: 'Delete',
      dropSure: 'Really delete it? Without a network there is no map then.',
      keep: 'Keep it',
      needsNetwork: 'Connect to a network to download it.',
    },
  },
}
