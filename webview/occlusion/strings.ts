import { number, percent } from '../../src/core/report/numbers';

/** Every word of the occlusion panel. */
export const strings = {
  title: 'Occlusion sweep',
  settings: {
    group: 'Settings of the sweep',
    size: 'Square',
    sizeHint: 'Side of the square in pixels, or height × width',
    stride: 'Stride',
    strideHint: 'How far the square moves, in pixels, or down × right',
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
    choose: (name: string) => `Show the projection of ${name}`,
    others: (count: number) => `${count} more`,
  },
  cell: {
    probability: (label: string, value: number, clean: number) =>
      `${label} ${percent(value)} (whole picture ${percent(clean)})`,
    label: (label: string, value: number) => `most probable ${label} ${percent(value)}`,
    activity: (name: string, value: number, clean: number) =>
      `${name}: ${number(value)} (whole picture ${number(clean)})`,
    pending: 'not measured yet',
  },
  summary: { heading: 'Summary' },
  report: {
    title: (image: string, model: string) => `Occlusion sweep of ${image} in ${model}`,
  },
};
