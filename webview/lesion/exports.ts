import { lesionChart, lesionName, lesionRows } from '../../src/core/experiments/lesionResult';
import { csv } from '../../src/core/report/csv';
import { experimentReport, type Fact } from '../../src/core/report/experimentReport';
import { chartCanvas } from '../shared/chart';
import type { Exports } from '../shared/exportBar';
import { baseName } from '../shared/baseName';
import { modelFacts } from '../shared/modelFacts';
import { percent } from '../../src/core/report/numbers';
import type { Answered, LesionState } from './lesionModel';
import { effectsOf } from './rankingView';
import { strings } from './strings';

export function createExports(current: () => LesionState): Exports {
  const ranking = () => current().ranking!;
  return {
    name: () => `${baseName(current().recording.image).replace(/\.[^.]+$/, '')}-lesion`,
    png: () => chartCanvas(chartOf(ranking())),
    csv: () => csv(rowsOf(ranking())),
    json: () => {
      const { recording, settings, current: lesion } = current();
      const { plan, answers } = ranking();
      const { label, lesions, clean, modelHash } = plan;
      const { model, image } = recording;
      return {
        model: model.path,
        modelHash,
        runtime: model.runtime,
        image,
        preprocessing: model.preprocessing,
        settings,
        label,
        clean,
        lesions,
        answers,
        switchedOff: lesion?.answers[0] ?? null,
      };
    },
    html: async () => {
      const state = current();
      const [head, ...rows] = rowsOf(ranking());
      const { recording } = state;
      const canvas = await chartCanvas(chartOf(ranking()));
      const caption = strings.ranking.caption(labelOf(ranking()));
      return experimentReport({
        title: strings.report.title(baseName(recording.image), recording.model.name),
        facts: factsOf(state, ranking()),
        summary: [],
        pictures: [{ caption, source: canvas.toDataURL('image/png') }],
        tables: [{ caption, head: head!.map(String), rows }],
      });
    },
  };
}

function labelOf({ plan }: Answered): string {
  return plan.labels[plan.label] ?? String(plan.label);
}

function rowsOf(ranking: Answered): (string | number)[][] {
  return lesionRows(effectsOf(ranking), ranking.plan.clean.probability);
}

function chartOf(ranking: Answered) {
  return lesionChart(effectsOf(ranking), ranking.plan.clean.probability, labelOf(ranking));
}

function factsOf({ recording, settings, current }: LesionState, ranking: Answered): Fact[] {
  const { report } = strings;
  const answer = current?.answers[0];
  return [
    ...modelFacts(recording),
    [report.label, labelOf(ranking)],
    [report.mode, strings.settings.modes[settings.mode]],
    [report.clean, percent(ranking.plan.clean.probability)],
    [report.current, lesionName(settings.off)],
    ...(answer ? [[report.then, percent(answer.probability)] as const] : []),
    ...ranking.plan.notes.map((note): Fact => ['', note]),
  ];
}
