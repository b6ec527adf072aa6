import { project, type Projection } from '../core/deconvnet/project';
import { tensorOf } from '../core/deconvnet/record';
import { signedTile } from '../core/imaging/signedTile';
import type { MethodName, ProjectedUnit, UnitRequest } from '../protocol/model';
import type { Recorded } from './recorded';

export interface UnitsRequest {
  /** A layer's label or a tensor name. */
  readonly layer: string;
  readonly units: readonly UnitRequest[];
  readonly method: MethodName;
}

/** Projects units of one layer, each as soon as it is done, in the order they were asked for. */
export async function* projectUnits(
  { model, recording }: Recorded,
  { layer, units, method }: UnitsRequest,
  signal: AbortSignal,
): AsyncGenerator<{ readonly projection: Projection; readonly unit: ProjectedUnit }> {
  const { preprocessing } = model.summary;
  const { products } = model;
  const tensor = tensorOf(model.network, layer);
  for await (const projection of project(recording, tensor, units, { method, products, signal })) {
    const { index, map, position, activation, status, receptiveField, visible, values } = projection;
    const tile = status === 'ok' ? signedTile(values, visible, preprocessing) : null;
    yield {
      projection,
      unit: { layer, index, map, position, activation, status, receptiveField, visible, tile },
    };
  }
}
