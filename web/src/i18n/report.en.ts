/** English words of a plan's quality report. */
import type { reportProblemsZh, reportZh } from './report.zh-CN'

export const reportEn: typeof reportZh = {
  qualityReport: {
    title: 'Quality report',
    tab: 'Quality',
    none: 'There is no quality report yet.',
    make: 'Make the report',
    again: 'Make it anew for the grids as they are',
    waiting: 'The report is being made…',
    stale:
      'This report was made on {time}; the grids were edited since. It shows them as they were.',
    madeAt: 'Made on {time} · {wanted} households wanted, tolerance ±{tolerance} %',
    seed: 'seed {seed}',
    failed: 'No report: {why}',
    good: 'All {grids} grids are within ±{tolerance} % of their fair target.',
    bad: '{misses} of {grids} grids are further than ±{tolerance} % from their fair target.',
    outside: 'Buildings with {households} households lie in no community and are not counted.',
    notRevised: '{count} communities were not revised; their grids are what they were:',
    figures: 'Key figures',
    meaning: 'What the figures mean',
    figure: {
      within5: 'Within ±5 %',
      within10: 'Within ±10 %',
      span: 'Min / mean / max',
      contiguous: 'In one piece',
      gaps: 'Gaps / overlaps',
      compactness: 'Compactness',
      road: 'Along roads',
      cut: 'Buildings cut',
    },
    help: {
      within5:
        'Share of grids no further than 5 % from their fair target: H ÷ round(H ÷ wanted), H being the households of the community.',
      within10: 'Share of grids no further than 10 % from their fair target.',
      span: 'Households in a grid; a building counts where its inner point lies.',
      contiguous: 'Share of grids that are a single piece.',
      gaps: 'Places wider than 1 cm in no grid, or in two (or beyond the area).',
      compactness: '4π × area ÷ perimeter², mean; a circle is 1, a square 0.79.',
      road: 'Share of the boundary inside communities that runs within 5 m of a road.',
      cut: 'Share of buildings wholly in one community that a boundary cuts.',
    },
    histogram: 'Households in each grid',
    map: 'Deviation from the target',
    misses: 'Grids that miss ({count})',
    missesNote: 'Reasons are checked from the geometry. Choose a grid to see it on the map.',
    households: '{households} households, fair target {target}',
    areas: 'Communities whose households do not make whole grids ({count})',
    compounds: 'Compounds that lie in several grids: {list}',
    compound: '{name} ({households} households, {grids} grids)',
    unnamed: 'no. {row}',
    areasNote:
      'Their total over the number of grids is far from what was wanted, however they are divided.',
    area: '{name}: {households} households, {grids} grids, fair target {target}',
    open: 'Open to print',
    pdf: 'Download PDF',
    xlsx: 'Download workbook',
    more: 'Show {count} more',
  },
}

export const reportProblemsEn: typeof reportProblemsZh = {
  'report-not-current': 'The grids were edited: have the report made anew first.',
  'report-too-long':
    'Setting {grids} grids as PDF takes too long: print the page, or take the workbook.',
}
