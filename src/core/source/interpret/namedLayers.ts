import type { BuiltLayer } from '../libraries/layerSpec';
import type { ObjectValue } from './values';
import { isKind } from './values';

/** All layers in a module, with the first path of attributes that leads to each: `layer1.0.conv2`. */
export function namedLayers(top: ObjectValue): Map<ObjectValue, string> {
  const paths = new Map<ObjectValue, string>();
  const seen = new Set<ObjectValue>([top]);
  const walk = (object: ObjectValue, path: readonly string[]): void => {
    for (const [name, child] of object.attributes) {
      if (!isKind(child, 'object') || seen.has(child)) continue;
      seen.add(child);
      const inner = [...path, name];
      if (child.layer) paths.set(child, pathOf(child.layer, inner));
      walk(child, inner);
    }
  };
  walk(top, []);
  return paths;
}

/** The name that the code gives itself comes first. Only PyTorch names the children of a sequence by their place. */
function pathOf({ name, spec }: BuiltLayer, path: readonly string[]): string {
  if (name !== null) return name;
  return spec.library !== 'torch' && /^\d+$/.test(path.at(-1) ?? '') ? '' : path.join('.');
}
