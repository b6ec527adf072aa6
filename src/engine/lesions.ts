import { batchSize } from '../core/experiments/batchSize';
import type { Lesionable } from '../core/experiments/lesion';
import { scoresTensor } from '../core/experiments/probabilities';
import { noClassifier } from '../core/experimentErrors';
import type { Network } from '../core/network';
import { openBatch } from '../core/rewrite/batch';
import { lesionGraph } from '../core/rewrite/lesion';
import type { Runtime } from '../core/runtime';
import { toFloat32 } from '../core/tensor/tensor';
import type { Forwards } from './forwards';
import { createSessions } from './sessions';

/** Networks of one model in which feature maps can be switched off. */
export interface Lesions {
  /**
   * Prepares lesions of the layers with these tensors for one image, given as the network's input. Throws a `UserError`
   * where the model is no classifier, or the scores do not depend on a layer.
   */
  readonly open: (tensors: readonly string[], input: Float32Array) => Promise<Lesionable>;
  readonly close: () => Promise<void>;
}

/** Each combination of layers has a session with the weights behind them. */
const KEPT_BYTES = 512 * 2 ** 20;

export function createLesions(
  network: Network,
  name: string,
  { runtime, forwards }: { readonly runtime: Runtime; readonly forwards: Pick<Forwards, 'open'> },
): Lesions {
  let known: ReturnType<typeof openBatch> | undefined;
  const sessions = createSessions(name, runtime, KEPT_BYTES);
  return {
    async open(tensors, input) {
      const { classifier, resolved } = network;
      if (!classifier) throw noClassifier(name);
      const batching = (known ??= openBatch(network));
      const output = scoresTensor(classifier);
      const together = batching.kind === 'open';
      const lesioned = lesionGraph(together ? batching.graph : resolved.graph, resolved, {
        tensors,
        outputs: [output],
        images: together ? null : network.input.dims[0],
      });
      const image = network.input.name;
      const fed = [...new Set([...lesioned.intact.values(), ...tensors])].filter(
        (tensor) => tensor !== image,
      );
      const forward = await forwards.open({ tensors: fed });
      return {
        lesioned,
        clean: new Map([...(await forward.run(input)), [image, input]]),
        batch: together ? batchSize(resolved, [...lesioned.intact.values()]) : 1,
        run: (feeds) =>
          sessions.use(JSON.stringify(tensors), lesioned.graph, async (session) =>
            toFloat32((await session.run(feeds, [output])).get(output)!),
          ),
      };
    },
    close: sessions.close,
  };
}
