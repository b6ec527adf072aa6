import type { DataSetSubject, EvolutionHostContract } from '../../src/protocol/dataSetContract';
import type { EvolutionCell } from '../../src/protocol/evolution';
import type { DataSetPage, DataSetView } from '../shared/dataSetPage';
import { element, placeInOrder, setText, show, type Component } from '../shared/element';
import { baseName } from '../shared/baseName';
import { createControls } from './controls';
import { createCurvesView } from './curvesView';
import { createEvolutionModel } from './evolutionModel';
import { createProblemList } from '../shared/problemList';
import { createExports } from './exports';
import { createLayerTable, type LayerTableProps } from './layerTable';
import { strings } from './strings';

/** Figure 4 of the paper for a folder of checkpoints. */
export function createEvolutionView(page: DataSetPage<EvolutionHostContract>): DataSetView {
  const { host, session } = page;
  const model = createEvolutionModel(page);
  const controls = createControls({ change: model.change, compareAgain: () => void session().run() });
  const openCell = ({ checkpoint, layer, map, image, unit }: EvolutionCell) => {
    const name = model.get().plan?.checkpoints[checkpoint]?.name;
    if (name === undefined || image === null || !unit) return;
    void host.call('openUnit', { checkpoint: name, layer, map, image, position: unit.position });
  };
  const plan = element('p', { 'data-testid': 'plan' });
  const curves = createCurvesView();
  const problems = createProblemList();
  const tables = element('div', { class: 'tables' });
  const byLayer = new Map<string, Component<LayerTableProps>>();
  const content = element(
    'div',
    { class: 'measured' },
    element('p', { class: 'muted' }, strings.hint),
    plan,
    curves.element,
    tables,
    problems.element,
  );
  let subject: DataSetSubject | null = null;

  const drawTables = () => {
    const { plan: known, cells, settings } = model.get();
    const shown = (known?.layers ?? []).map((layer) => {
      const table = byLayer.get(layer.label) ?? createLayerTable(openCell);
      byLayer.set(layer.label, table);
      table.update({ plan: known!, layer, cells, settings });
      return table.element;
    });
    placeInOrder(tables, shown);
  };

  return {
    ...model,
    title: strings.title,
    facts: ({ model: models, pictures }) => strings.facts(baseName(models), baseName(pictures)),
    controls: controls.element,
    content,
    progress: () => {
      const { plan: known, cells } = model.get();
      const done = new Set(cells.map(({ checkpoint }) => checkpoint)).size;
      return known && { done, total: known.checkpoints.length };
    },
    pace: () => '',
    hasResult: () => model.get().curves !== null,
    exports: createExports(model.get, () => subject),
    draw: ({ phase, subject: current }) => {
      subject = current;
      const state = model.get();
      controls.update({
        settings: state.settings,
        plan: state.plan,
        isDone: phase === 'done' || phase === 'failed',
      });
      show(content, state.plan !== null);
      show(curves.element, state.curves !== null);
      if (!state.plan) return;
      setText(plan, strings.plan(state.plan.checkpoints.length, state.plan.images));
      if (state.curves) curves.update({ plan: state.plan, curves: state.curves });
      drawTables();
      problems.update(state.problems);
    },
  };
}
