import type { Finding } from '../../core/diagnose/finding';
import type { Peer } from '../../protocol/contract';
import type { EngineContract } from '../../protocol/engineContract';
import type { ModelSummary } from '../../protocol/model';

/** What is found in the weights of models, by their version: each is looked at once. */
export interface ModelFindings {
  /** `undefined` before the engine has answered; it is asked then. */
  readonly get: (model: ModelSummary) => readonly Finding[] | undefined;
}

interface Parts {
  readonly engine: Peer<EngineContract>;
  /** Throws where a model may not be opened now. */
  readonly assertMayOpen: (model: string) => void;
  readonly loaded: () => void;
  readonly log: { readonly error: (text: string) => void };
}

export function modelFindings({ engine, assertMayOpen, loaded, log }: Parts): ModelFindings {
  const known = new Map<string, readonly Finding[] | 'asked'>();
  const ask = async (key: string, model: string) => {
    assertMayOpen(model);
    const outcome = await engine.call('diagnose', { model, image: null });
    if (outcome.ok) {
      known.set(key, outcome.value);
      loaded();
    } else {
      // Asked again when something changes: the engine may be running again by then.
      known.delete(key);
      log.error(`Not diagnosed: ${model}. ${outcome.failure.message}`);
    }
  };
  return {
    get: ({ path, hash }) => {
      const key = `${hash} ${path}`;
      const found = known.get(key);
      if (found === undefined) {
        known.set(key, 'asked');
        ask(key, path).catch((error: unknown) => {
          known.delete(key);
          log.error(String(error));
        });
      }
      return found === 'asked' ? undefined : found;
    },
  };
}
