import type { FoundUnit, TopHostContract } from '../../src/protocol/dataSetContract';
import type { ScanProgress, TopLayer } from '../../src/protocol/topActivations';
import { createStopwatch, type Stopwatch } from '../../src/core/report/pace';
import type { DataSetPage, DataSetView } from '../shared/dataSetPage';
import type { DataSetState } from '../shared/dataSetSession';
import { element, setText, show } from '../shared/element';
import { baseName } from '../shared/baseName';
import { createCardGrid } from './cardGrid';
import { createControls } from './controls';
import { createExports } from './exports';
import { createHistogramView } from './histogramView';
import { createLists } from './lists';
import { cardSize, createMapCard } from './mapCard';
import { createMapLoader } from './mapData';
import { mapsToShow } from './settings';
import { strings } from './strings';
import { createTopModel, type TopState } from './topModel';
import { createUnreadNote } from './unreadNote';

/** Edges of a picture on screen: of many maps, and of one by itself. */
const FRAME = 54;
const LARGE = 120;

/** Beside the cards. */
const GUTTER = 24;

/** What fits into a window of this width. */
function largeFrame(width: number): number {
  const around = cardSize(0, 0).width + 2 * GUTTER;
  return Math.max(FRAME, Math.min(LARGE, Math.floor((width - around) / 6)));
}

/** Figure 2 of the paper over a folder of pictures. */
export function createTopView(page: DataSetPage<TopHostContract>): DataSetView {
  const { host, session, refresh, scroller } = page;
  const loader = createMapLoader({
    host,
    onChange: refresh,
    onFailure: (failure) => session().fail(failure),
  });
  const model = createTopModel({ ...page, onIndex: loader.clear });
  const openMap = (map: number) => model.change({ shown: 'one', map });
  const openUnit = (unit: FoundUnit) => void host.call('openUnit', unit);
  const controls = createControls({ change: model.change, scanAgain: () => void session().run(), beginAnew: () => void model.beginAnew() }); // prettier-ignore
  const frame = () => (model.get().settings.shown === 'one' ? largeFrame(scroller.clientWidth) : FRAME);
  const grid = createCardGrid({
    scroller,
    create: (map) =>
      createMapCard({
        layer: model.layer()?.label ?? '',
        map,
        places: model.get().index?.k ?? 0,
        frame: frame(),
        data: () => loader.get(map),
        openMap,
        openUnit,
      }),
    onScroll: refresh,
  });
  const histogram = createHistogramView();
  const lists = createLists(openMap);
  const summary = element('p', { 'data-testid': 'summary' });
  const note = element('p', { class: 'muted', 'data-testid': 'note' });
  const unread = createUnreadNote();
  const found = [summary, unread.element, grid.element, histogram.element];
  const hint = element('p', { class: 'muted' }, strings.hint);
  const content = element('div', { class: 'measured' }, hint, note, ...found, lists.element);
  const watch = createStopwatch(() => performance.now());
  const maps = () => mapsToShow(model.get().settings, model.layer()?.maps ?? 0);
  const folder = () => session().get().subject?.pictures ?? '';

  const drawMaps = (layer: TopLayer) => {
    const { index, settings } = model.get();
    const size = cardSize(index?.k ?? 0, frame());
    grid.update({ maps: maps(), size, about: `${layer.label}\n${size.width}` });
    loader.want(layer.label, grid.near());
    unread.update({ subject: session().get().subject, maps: grid.near().map(loader.get) });
    const [one] = settings.shown === 'one' ? maps() : [];
    const data = one === undefined ? undefined : loader.get(one);
    show(histogram.element, data !== undefined);
    if (data) histogram.update({ layer: layer.label, found: data.found });
  };

  const draw = ({ phase, subject }: DataSetState) => {
    const { index } = model.get();
    if (phase !== 'running') watch.rest();
    const layer = index && index.images > 0 ? model.layer() : undefined;
    const mayScan = subject !== null && subject.index === undefined;
    controls.update({
      state: model.get(),
      layer,
      atRest: mayScan && (phase === 'done' || phase === 'failed'),
    });
    for (const part of found) show(part, layer !== undefined);
    setText(note, noteOf(model.get(), phase, layer));
    show(note, note.textContent !== '');
    const broken = phase === 'down' || phase === 'failed';
    if (broken) loader.stop();
    show(lists.element, index !== null);
    if (index) lists.update({ layer, problems: index.problems });
    if (!index || !layer) return;
    setText(summary, strings.summary(index.images, layer.maps, layer.inactive.length));
    if (!broken) drawMaps(layer);
  };

  return {
    ...model,
    title: strings.title,
    facts: ({ model: file, pictures, index }) => strings.facts({ model: baseName(file), folder: pictures, index: index && baseName(index), runtime: model.get().model?.runtime }), // prettier-ignore
    controls: controls.element,
    content,
    pace: () => describePace(model.get().progress, watch),
    exports: createExports({ host, model, loader, maps, folder }),
    draw,
  };
}

/** Why there is nothing to see, or what the last scan came to. */
function noteOf({ index, result }: TopState, phase: DataSetState['phase'], layer?: TopLayer): string {
  if (phase === 'running' && index === null) return strings.scanning;
  if (index && !layer) return strings.nothing;
  return result ? strings.result(result) : '';
}

/** What the scan does; pictures a second since it went on, once that says something, and the workers, where these do it. */
function describePace(progress: ScanProgress | null, watch: Stopwatch): string {
  const { step, images = 0, pending = 0, done = 0, workers } = progress ?? {};
  if (step === 'waiting') return strings.waiting;
  if (step === 'looking') return strings.looking(images);
  if (step === 'comparing') return strings.comparing;
  const pace = watch.pace({ done, total: pending });
  const parts = [
    ...(pace ? [strings.pace(pace.rate)] : []),
    ...(workers === undefined ? [] : [strings.workers(workers)]),
  ];
  return parts.join(' · ');
}
