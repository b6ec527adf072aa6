import { input, numberOf, signal } from './site';
import type { DownSite, NaiveOperator, Site } from './site';
import { broadcastDims, fill, flatOf, operandFlat, positionOf, zeros } from './values';
import type { Values } from './values';

/** Calls `visit` with the flat indices of every product of a matrix multiplication. */
type EachProduct = (site: Site, visit: (out: number, a: number, b: number) => void) => number[];

const gemmProducts: EachProduct = (site, visit) => {
  const [a, b] = [input(site, 0), input(site, 1)];
  const [transA, transB] = [numberOf(site, 'transA', 0) === 1, numberOf(site, 'transB', 0) === 1];
  const [rows, inner] = transA ? [a.dims[1]!, a.dims[0]!] : [a.dims[0]!, a.dims[1]!];
  const columns = transB ? b.dims[0]! : b.dims[1]!;
  for (let m = 0; m < rows; m++) {
    for (let n = 0; n < columns; n++) {
      for (let k = 0; k < inner; k++) {
        visit(
          m * columns + n,
          transA ? k * rows + m : m * inner + k,
          transB ? n * inner + k : k * columns + n,
        );
      }
    }
  }
  return [rows, columns];
};

const matMulProducts: EachProduct = (site, visit) => {
  const [a, b] = [input(site, 0), input(site, 1)];
  const [aStack, bStack] = [a.dims.slice(0, -2), b.dims.slice(0, -2)];
  const [rows, inner, columns] = [a.dims.at(-2)!, a.dims.at(-1)!, b.dims.at(-1)!];
  const stack = broadcastDims(aStack, bStack);
  const dims = [...stack, rows, columns];
  const count = stack.reduce((product, dim) => product * dim, 1);
  for (let i = 0; i < count; i++) {
    const place = positionOf(i, stack);
    for (let m = 0; m < rows; m++) {
      for (let n = 0; n < columns; n++) {
        for (let k = 0; k < inner; k++) {
          visit(
            flatOf([...place, m, n], dims),
            (operandFlat(place, aStack) * rows + m) * inner + k,
            (operandFlat(place, bStack) * inner + k) * columns + n,
          );
        }
      }
    }
  }
  return dims;
};

function product(site: Site, each: EachProduct, scale: number): Values {
  const [a, b] = [input(site, 0), input(site, 1)];
  const sums: number[] = [];
  const dims = each(site, (o, i, j) => (sums[o] = (sums[o] ?? 0) + a.data[i]! * b.data[j]! * scale));
  return { dims, data: Float64Array.from(sums) };
}

/** The transposed matrix; where both operands depend on the image there is a rule for the gradient only. */
function downProduct(
  site: DownSite,
  each: EachProduct,
  scale: number,
): [Values | undefined, Values | undefined] {
  const [a, b, s] = [input(site, 0), input(site, 1), signal(site)];
  const [toA, toB] = [zeros(a.dims), zeros(b.dims)];
  if (site.varies[0] && site.varies[1] && site.method !== 'gradient') {
    throw new Error(`"${site.node.name}" multiplies two activations`);
  }
  each(site, (o, i, j) => {
    toA.data[i]! += s.data[o]! * b.data[j]! * scale;
    toB.data[j]! += s.data[o]! * a.data[i]! * scale;
  });
  return [site.varies[0] ? toA : undefined, site.varies[1] ? toB : undefined];
}

export const matMul: NaiveOperator = {
  forward: (site) => [product(site, matMulProducts, 1)],
  down: (site) => downProduct(site, matMulProducts, 1),
};

export const gemm: NaiveOperator = {
  forward(site) {
    const y = product(site, gemmProducts, numberOf(site, 'alpha', 1));
    const c = site.inputs[2];
    if (!c) return [y];
    const beta = numberOf(site, 'beta', 1);
    return [fill(y.dims, (position, flat) => y.data[flat]! + beta * c.data[operandFlat(position, c.dims)]!)];
  },
  down: (site) => {
    if (site.varies[2]) throw new Error(`"${site.node.name}" adds an activation`);
    return downProduct(site, gemmProducts, numberOf(site, 'alpha', 1));
  },
};
