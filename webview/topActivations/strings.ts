import type { DataSetSubject } from '../../src/protocol/dataSetContract';
import type { ScanResult, TopPlace } from '../../src/protocol/topActivations';
import { number } from '../../src/core/report/numbers';

interface Facts {
  readonly model: string;
  readonly folder: string;
  /** Of an index that was made elsewhere. */
  readonly index: string | undefined;
  readonly runtime: string | undefined;
}

/** Words of the panel of top activations. */
export const strings = {
  title: 'Top activations',
  facts: ({ model, folder, index, runtime }: Facts) =>
    [`${model} over ${folder}`, index, runtime].filter((part) => part !== undefined).join(' · '),
  hint: 'For every feature map the pictures that activate it most: projections to pixels left, the same parts of the pictures right. A click opens the picture with that unit.',
  scanning: 'The maps appear when the scan is done or paused.',
  waiting: 'waiting for another scan of these pictures',
  looking: (images: number) => `looking for pictures: ${images.toLocaleString('en')} so far`,
  comparing: 'comparing the pictures with the index',
  nothing: 'No picture could be read.',
  pace: (rate: number) => `${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)} pictures a second`,
  workers: (count: number) =>
    count === 0
      ? 'waiting for workers: start switchback worker with this model and queue on a machine that sees the pictures'
      : `${count === 1 ? 'one worker' : `${count} workers`}; they go on when the panel is closed`,
  settings: {
    group: 'What is shown',
    layer: 'Layer',
    shown: 'Maps',
    choices: { subset: 'drawn at random', all: 'all', one: 'one' },
    draw: 'Draw others',
    map: 'Map',
    mapHint: (count: number) => `Number of a map, 0 to ${count - 1}`,
    badMap: (count: number) => `Maps are numbers from 0 to ${count - 1}.`,
    update: 'Scan again',
    updateHint: 'Look for new, changed and removed pictures in the folder',
    anew: 'Begin anew',
    anewHint: 'Remove the index and scan all pictures',
  },
  summary: (images: number, maps: number, inactive: number) =>
    `${pictures(images)}; ${maps === 1 ? `1 map, ${inactive} inactive` : `${maps} maps, ${inactive} of them inactive`}`,
  result: ({ images, added, changed, gone, unread, folders }: ScanResult) => {
    const count = (number: number) => number.toLocaleString('en');
    const ofPictures = unread === 0 ? [] : [unread === 1 ? 'one picture' : `${count(unread)} pictures`];
    const ofFolders = folders === 0 ? [] : [folders === 1 ? 'one folder' : `${count(folders)} folders`];
    const skipped = [...ofPictures, ...ofFolders].join(' and ');
    const note = skipped === '' ? '' : ` Could not be read: ${skipped}, listed below.`;
    const all = `${images === 1 ? 'One picture' : `${count(images)} pictures`} in the folder`;
    return added + changed + gone === 0
      ? `${all}, the same as before.${note}`
      : `${all}: ${count(added)} new, ${count(changed)} changed, ${count(gone)} gone.${note}`;
  },
  unread: (count: number, { pictures, index }: DataSetSubject) =>
    `${count === 1 ? 'One picture' : `${count} pictures`} that should be here cannot be read from ${pictures}; each says why. ${index === undefined ? 'Scan again to leave out what is gone.' : 'Open the index again to choose another folder.'}`,
  inactiveMaps: (count: number) => `Inactive maps (${count})`,
  map: (map: number) => `map ${map}`,
  projections: (layer: string, map: number) => `Strongest activations of ${layer} map ${map}`,
  inactive: 'inactive',
  empty: 'No further activation',
  place: ({ image, value, position: [y, x] }: TopPlace, problem: string) =>
    `${image}: ${number(value)} at row ${y}, column ${x}${problem === '' ? '' : `. ${problem}`}`,
  histogram: {
    title: (layer: string, map: number) => `Strongest activation of ${layer} map ${map} in each picture`,
    x: 'Activation',
    y: 'Pictures',
    none: (count: number) => `${pictures(count)} ${count === 1 ? 'does' : 'do'} not activate the map.`,
    bin: (count: number, from: number, to: number) =>
      `${pictures(count)} from ${number(from)} to ${number(to)}`,
  },
  report: {
    title: (model: string, folder: string) => `Top activations of ${model} over ${folder}`,
    folder: 'Folder of pictures',
    images: 'Pictures',
    layer: 'Layer',
    seed: 'Seed of the maps drawn at random',
    table: 'Strongest activations',
  },
};

function pictures(count: number): string {
  return count === 1 ? '1 picture' : `${count.toLocaleString('en')} pictures`;
}
