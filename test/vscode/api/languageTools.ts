import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ApiTests } from './harness';

interface LayerList {
  readonly layers: readonly { readonly label: string; readonly projection: string }[];
}

interface UnitFacts {
  readonly activation: number;
}

interface MapFacts {
  readonly strongest: UnitFacts;
  readonly atPosition: UnitFacts & { readonly position: readonly number[] };
}

/** The tools as an assistant in the editor calls them, each after the user has allowed it. */
export const languageToolTests: ApiTests = {
  'a language model learns the layers of the workspace’s model': async () => {
    const { layers } = await factsOf<LayerList>('switchback_listLayers', {});
    assert.deepEqual(
      layers.slice(0, 3).map(({ label }) => label),
      ['conv1', 'conv2', 'conv3'],
    );
  },

  'a language model sees a unit': async () => {
    const { activation } = await factsOf<UnitFacts>('switchback_projectUnit', unit);
    assert.ok(activation > 0);
  },

  'a language model learns of a unit beside the strongest one of its map': async () => {
    const position = [1, 12];
    const facts = await factsOf<MapFacts>('switchback_describeMap', { ...unit, position });
    assert.deepEqual(facts.atPosition.position, position);
    assert.ok(facts.strongest.activation > facts.atPosition.activation);
  },

  'a language model is told what it asked wrongly': async () => {
    await assert.rejects(factsOf('switchback_describeMap', { ...unit, layer: 'conv9' }), /conv9/);
  },
};

const unit = { image: 'discs.png', layer: 'conv3', map: 0 };

async function factsOf<T>(name: string, input: object): Promise<T> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  const [text] = content;
  assert.ok(text instanceof vscode.LanguageModelTextPart);
  return JSON.parse(text.value) as T;
}
