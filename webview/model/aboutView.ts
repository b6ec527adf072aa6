import type { ModelSummary } from '../../src/protocol/model';
import { element, setText, type Component } from '../shared/element';
import { baseName } from '../shared/baseName';
import { preprocessingText } from '../shared/modelFacts';
import { button } from '../shared/toolkit';
import { strings } from './strings';

/** The name of the model and what its file says about itself. */
export function createAboutView(visualize: () => void): Component<{ readonly summary: ModelSummary | null }> {
  const title = element('h1', { class: 'title' }, strings.reading);
  const content = element('div', { class: 'about' });
  let drawn: ModelSummary | null = null;
  return {
    element: element(
      'header',
      { class: 'model-header' },
      element(
        'div',
        { class: 'model-title' },
        title,
        button({
          text: strings.visualize,
          onClick: visualize,
          appearance: 'primary',
          testId: 'visualize',
        }),
      ),
      content,
    ),
    update: ({ summary }) => {
      if (!summary || summary === drawn) return;
      drawn = summary;
      setText(title, summary.name);
      content.replaceChildren(
        facts(mainFacts(summary)),
        ...warningList(summary.warnings),
        element(
          'details',
          {},
          element('summary', {}, strings.about.metadata),
          facts([
            [strings.about.path, summary.path],
            [strings.about.hash, summary.hash],
            ...summary.metadata,
          ]),
        ),
      );
    },
  };
}

function mainFacts(summary: ModelSummary): [string, string][] {
  const { about } = strings;
  const { inputShape, layers, runtime, source, preprocessingOrigin, preprocessingReason } = summary;
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const origin = `${about.origin[preprocessingOrigin]}. ${preprocessingReason}`;
  return [
    [about.input, inputShape.join(' × ')],
    [about.layers, String(layers.length)],
    [about.parameters, parameters.toLocaleString('en')],
    [about.runtime, runtime],
    [about.preprocessing, `${preprocessingText(summary.preprocessing)}, ${origin}`],
    ...(source === null ? [] : [[about.source, baseName(source)] satisfies [string, string]]),
  ];
}

function facts(entries: readonly (readonly [string, string])[]): HTMLElement {
  return element(
    'dl',
    { class: 'model-facts' },
    ...entries.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
}

function warningList(warnings: readonly string[]): HTMLElement[] {
  if (warnings.length === 0) return [];
  return [
    element(
      'details',
      { class: 'model-warnings', open: warnings.length < 3 },
      element('summary', {}, strings.about.warnings(warnings.length)),
      element('ul', {}, ...warnings.map((warning) => element('li', {}, warning))),
    ),
  ];
}
