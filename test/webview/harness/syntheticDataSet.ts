import { cutPatch, displayBox } from '../../../src/core/imaging/display';
import type { PlaceProgress, ScanProblem, TopIndex, TopMap } from '../../../src/protocol/topActivations';
import type { Scenario } from './scenario';
import { noise, SIDE, syntheticPicture, syntheticRecording, syntheticUnit } from './syntheticModel';

/** Top activations with structure, without a network. */

const PLACES = 9;

export function syntheticSummary(scenario: Scenario) {
  return syntheticRecording(scenario, 'lighthouse.png').model;
}

/** Every eleventh map is inactive. */
const isInactive = (map: number) => map % 11 === 10;

export function syntheticIndex(scenario: Scenario): TopIndex {
  const { pictures, unread } = scenario.dataSet;
  const problems = syntheticProblems(scenario);
  return {
    images: pictures - unread.length,
    k: PLACES,
    each: 1,
    problems,
    layers: syntheticSummary(scenario).layers.map(({ label, shape: [maps = 1] }) => ({
      label,
      maps,
      inactive: Array.from({ length: maps }, (_, map) => map).filter(isInactive),
    })),
  };
}

export function syntheticProblems({ dataSet }: Scenario): ScanProblem[] {
  return dataSet.unread.map((path) => ({ path, problem: problemOf(path) }));
}

function problemOf(path: string): string {
  return path.endsWith('/')
    ? `The folder ${path.slice(0, -1)} cannot be read (EACCES): what is in it is left out.`
    : `${path} is no picture that can be read.`;
}

export function syntheticMaps(
  scenario: Scenario,
  { layer, maps }: { readonly layer: string; readonly maps: readonly number[] },
): TopMap[] {
  const summary = syntheticSummary(scenario).layers.find(({ label }) => label === layer)!;
  const [, height = 1, width = 1] = summary.shape;
  return maps.map((map) => {
    const histogram = new Uint32Array(64);
    const { images } = syntheticIndex(scenario);
    for (let image = 0; image < images; image++)
      histogram[isInactive(map) ? 0 : Math.floor(28 + 12 * noise(map, image))]!++;
    const places = Array.from({ length: isInactive(map) ? 0 : PLACES }, (_, place) => ({
      value: (20 + map / 10) * 0.93 ** place,
      image: place % 2 === 0 ? `b/lighthouse-${place}.png` : `harbour-${place}.jpg`,
      position: [Math.floor(noise(map, place) * height), Math.floor(noise(place, map) * width)] as const,
    }));
    return { map, places, histogram };
  });
}

export function* syntheticPlaces(
  scenario: Scenario,
  request: { readonly layer: string; readonly maps: readonly number[] },
): Generator<PlaceProgress> {
  for (const { map, places } of syntheticMaps(scenario, request)) {
    for (const [place, { image, position }] of places.entries()) {
      if (scenario.dataSet.unread.includes(image)) {
        yield { kind: 'failed', map, place, problem: `There is no file ${image}.` };
        continue;
      }
      const unit = syntheticUnit(scenario, image, request.layer, place, { map, position }, 'deconvnet');
      const input = { height: SIDE, width: SIDE };
      const patch = cutPatch(syntheticPicture(image), displayBox(unit.receptiveField, input));
      yield { kind: 'projected', projected: { map, place, unit, patch, input } };
    }
  }
}
