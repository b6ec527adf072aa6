import type { Box } from '../../src/core/graph/box';
import { number, percent } from '../shared/numbers';

/** Every word of the occlusion panel. */
export const strings = {
  title: 'Occlusion sweep',
  settings: {
    group: 'Settings of the sweep',
    size: 'Square',
    sizeHint: 'Side of the square in pixels, or height x width',
    stride: 'Stride',
    strideHint: 'How far the square moves, in pixels, or down x right',
    pixels: 'px',
    fill: 'Fill',
    fills: {
      grey: 'Mid-grey (128)',
      'image-mean': 'Mean of the picture',
      'dataset-mean': 'Mean of preprocessing',
      blur: 'Blur',
      colour: 'Colour',
    },
    colour: 'Colour of the square',
    label: 'Class',
    labelHint: 'Class whose probability is followed: number or name',
    unknownLabel: (text: string) => `There is no class “${text}”; choose one from the list.`,
    layer: 'Layer',
    map: 'Map',
    mapHint: (count: number) => `Feature map to watch, 0 to ${count - 1}`,
    add: 'Watch',
    addLabel: 'Watch this feature map too',
    unknownMap: (count: number) => `This layer has maps 0 to ${count - 1}.`,
    remove: (name: string) => `Stop watching ${name}`,
    badPair: 'Sizes are whole numbers of pixels, such as 32 or 32 x 24.',
    large: (windows: string, time: string) =>
      `These are ${windows} windows, about ${time} on this machine. Start it, or choose a larger stride.`,
  },
  views: {
    picture: 'Picture with the square',
    probability: (label: string) => `Probability of ${label}`,
    labels: 'Most probable class',
    activity: (name: string) => `Activity of ${name}`,
    projection: (name: string) => `Projection of ${name} without the square`,
    noProjection: 'The map is inactive for this picture: nothing is projected.',
    opacity: 'Opacity',
    opacityLabel: 'Opacity of the maps over the picture',
    hint: 'The pointer or the arrow keys move the square, Page Up and Page Down by five cells.',
    map: (layer: string, map: number) => `${layer} map ${map}`,
    choose: (name: string) => `Show the projection of ${name}`,
    others: (count: number) => `${count} more`,
  },
  cell: {
    window: ({ top, left, height, width }: Box) =>
      `rows ${top} to ${top + height - 1}, columns ${left} to ${left + width - 1}`,
    probability: (label: string, value: number, clean: number) =>
      `${label} ${percent(value)} (whole picture ${percent(clean)})`,
    label: (label: string, value: number) => `most probable ${label} ${percent(value)}`,
    activity: (name: string, value: number, clean: number) =>
      `${name}: ${number(value)} (whole picture ${number(clean)})`,
    pending: 'not measured yet',
  },
  summary: {
    heading: 'Summary',
    empty: 'Nothing is measured yet.',
    drop: (label: string, clean: number, hidden: number, where: string) =>
      `${label} falls from ${percent(clean)} to ${percent(hidden)} when ${where} are hidden.`,
    noDrop: (label: string) => `No window lowers the probability of ${label}.`,
    decisive: (share: number, label: string) =>
      `${percent(share)} of the windows take more than half of ${label}'s probability away.`,
    stays: (label: string) => `The most probable class is ${label} wherever the square is.`,
    turns: (names: string) => `It turns into ${names}.`,
    share: (label: string, share: number) => `${label} (${percent(share)})`,
    activityDrop: (name: string, clean: number, hidden: number, where: string) =>
      `${name} falls from ${number(clean)} to ${number(hidden)} when ${where} are hidden.`,
    noActivityDrop: (name: string) => `No window lowers ${name}.`,
    table: 'Most probable classes',
    columns: { label: 'Class', windows: 'Windows', share: 'Share' },
    cells: 'All cells',
    cellColumns: {
      row: 'Row',
      column: 'Column',
      top: 'Top',
      left: 'Left',
      height: 'Height',
      width: 'Width',
      probability: 'Probability',
      label: 'Class',
      labelName: 'Class name',
      labelProbability: 'Its probability',
    },
  },
  report: {
    title: (image: string, model: string) => `Occlusion sweep of ${image} in ${model}`,
    size: 'Square, pixels',
    stride: 'Stride, pixels',
    fill: 'Fill',
    followed: 'Followed class',
    maps: 'Watched feature maps',
    windows: 'Windows measured',
    order: 'Order',
    orderValue: 'coarse to fine, nothing random',
    picture: 'Picture as the network sees it',
  },
};
