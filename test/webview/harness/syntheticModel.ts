import type { Box } from '../../../src/core/graph/box';
import { clip } from '../../../src/core/graph/box';
import type { Picture } from '../../../src/core/imaging/preprocessing';
import type { ViewedPicture } from '../../../src/protocol/correspondence';
import type {
  Faithfulness,
  FeatureMap,
  LayerRecording,
  LayerSummary,
  MethodName,
  ModelSummary,
  ProjectedUnit,
  RecordingSummary,
  SignedTile,
  UnitRequest,
} from '../../../src/protocol/model';
import type { Scenario } from './scenario';

/** A picture and projections with structure, without a network: what the panel shows can be judged by eye. */

export const SIDE = 224;

/** Repeatable numbers in 0..1. */
export function noise(...seeds: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const seed of seeds) hash = Math.imul(hash ^ (seed + 0x7f4a7c15), 0x85ebca6b) ^ (hash >>> 13);
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** A lighthouse at dusk. */
const pictures = new Map<string, Picture>();

export function syntheticPicture(image: string): Picture {
  const known = pictures.get(image) ?? drawPicture(image);
  pictures.set(image, known);
  return known;
}

/** The whole file is what the network sees, at twice the size. */
export function syntheticView(image: string): ViewedPicture {
  const size = { height: SIDE, width: SIDE };
  const source = { height: 2 * SIDE, width: 2 * SIDE };
  return {
    picture: syntheticPicture(image),
    view: { source, resized: size, crop: { top: 0, left: 0, ...size } },
  };
}

function drawPicture(image: string): Picture {
  const rgba = new Uint8Array(4 * SIDE * SIDE).fill(255);
  const shift = image.includes('harbour') ? 46 : 0;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const colour = colourAt(y, x - shift);
      const grain = 14 * (noise(y, x) - 0.5);
      for (let c = 0; c < 3; c++)
        rgba[4 * (y * SIDE + x) + c] = Math.max(0, Math.min(255, colour[c]! + grain));
    }
  }
  return { height: SIDE, width: SIDE, rgba };
}

function colourAt(y: number, x: number): readonly [number, number, number] {
  const tower = 11 + (y - 50) * 0.09;
  if (y > 50 && y < 176 && Math.abs(x - 84) < tower) {
    const shade = 1 - 0.45 * ((x - 84) / tower);
    const red = Math.floor((y - 50) / 18) % 2 === 0;
    return red ? [190 * shade, 42 * shade, 38 * shade] : [232 * shade, 226 * shade, 214 * shade];
  }
  if (y > 34 && y <= 50 && Math.abs(x - 84) < 9) return [250, 214, 96];
  if (y > 24 && y <= 34 && Math.abs(x - 84) < 12 - (34 - y) * 1.1) return [70, 40, 44];
  if (Math.hypot(x - 172, y - 66) < 17) return [255, 226, 150];
  const rock = 168 + 10 * Math.sin(x / 17) + 5 * Math.sin(x / 5.3);
  if (y > rock && x < 150) return [62 + 22 * Math.sin(x / 3 + y / 7), 58, 54];
  if (y > 158) {
    const wave = 26 * Math.sin(y / 2.2 + Math.sin(x / 11) * 2);
    return [38 + wave * 0.5, 86 + wave * 0.7, 124 + wave];
  }
  return [244 - y * 0.5, 168 - y * 0.1, 120 + y * 0.55];
}

const exact: Faithfulness = { status: 'exact', nodes: [] };
const approximate: Faithfulness = {
  status: 'approximate',
  nodes: [
    {
      node: '/features/gate/Mul',
      op: 'Mul',
      reason: 'The gate is frozen at its forward value and nothing goes down the gate.',
    },
    { node: '/features/act/Clip', op: 'Clip', reason: 'The paper does not cover ReLU6: rectified as Relu.' },
  ],
};
const refused: Faithfulness = {
  status: 'refused',
  nodes: [
    {
      node: '/head/NonMaxSuppression',
      op: 'NonMaxSuppression',
      reason: 'No projection rule; choose a layer before this node.',
    },
  ],
};

type LayerRow = readonly [
  label: string,
  op: string,
  channels: number,
  side: number,
  field: number,
  stride: number,
];

const zfnet: readonly LayerRow[] = [
  ['conv1', 'Conv + Relu', 96, 110, 7, 2],
  ['conv2', 'Conv + Relu', 256, 26, 27, 8],
  ['conv3', 'Conv + Relu', 384, 13, 75, 16],
  ['conv4', 'Conv + Clip', 384, 13, 107, 16],
  ['conv5', 'Conv + Relu', 256, 13, 139, 16],
  ['detections', 'NonMaxSuppression', 4, 13, 187, 16],
  ['fc6', 'Gemm + Relu', 4096, 1, 299, 1],
  ['fc8', 'Gemm', 1000, 1, 299, 1],
];

function rows(model: Scenario['model']): readonly LayerRow[] {
  if (model === 'zfnet') return zfnet;
  const count = model === 'googlenet' ? 57 : 150;
  return Array.from({ length: count }, (_, at) => [
    `inception_${3 + Math.floor(at / 14)}${'abcde'[at % 5]}/conv${at}`,
    'Conv + Relu',
    64 + 16 * (at % 12),
    Math.max(7, 56 - at),
    model === 'deep' ? 7 + 6 * at : 224,
    16,
  ]);
}

const models = new Map<Scenario['model'], readonly LayerSummary[]>();

export function syntheticLayers(model: Scenario['model']): readonly LayerSummary[] {
  const known = models.get(model) ?? makeLayers(model);
  models.set(model, known);
  return known;
}

/** The same judgement of every method, except that the gradient is the true derivative of what is approximate. */
function byMethod(judgement: Faithfulness): LayerSummary['faithfulness'] {
  const gradient = judgement.status === 'approximate' ? exact : judgement;
  return { deconvnet: judgement, guided: judgement, gradient };
}

function makeLayers(model: Scenario['model']): LayerSummary[] {
  return rows(model).map(([label, op, channels, side, field, stride]) => ({
    label,
    op,
    tensor: `${label}_out`,
    shape: side === 1 ? [channels] : [channels, side, side],
    receptiveField: { size: [field, field], stride: [stride, stride] },
    parameters: channels * field * 97 + channels,
    traits: {
      names: [label],
      kind: 'convolution',
      inChannels: 3,
      outChannels: channels,
      kernel: [3, 3],
      stride: [1, 1],
      dilation: [1, 1],
      padding: [0, 0],
      groups: 1,
    },
    faithfulness: byMethod(label === 'conv4' ? approximate : label === 'detections' ? refused : exact),
  }));
}

function maximum(layer: number, map: number, channels: number): number {
  // Two of the first nine by number are inactive, and a share of the rest.
  if (map === 3 || map % 17 === 5) return 0;
  return (18 * noise(layer, map, 1) ** 3 + 0.02) * (channels > 900 ? 1.7 : 1);
}

export function syntheticRecording(scenario: Scenario, image: string): RecordingSummary {
  const layers = syntheticLayers(scenario.model);
  return {
    model: modelSummary(scenario, layers),
    image,
    input: syntheticPicture(image),
    top: [
      { label: 'beacon, lighthouse, beacon light, pharos', index: 437, probability: 0.9127 },
      { label: 'breakwater, groin, groyne, mole, bulwark, seawall', index: 460, probability: 0.0513 },
      { label: 'promontory, headland, head, foreland', index: 976, probability: 0.0198 },
      { label: 'seashore, coast', index: 978, probability: 0.0061 },
      { label: 'water tower', index: 900, probability: 0.0009 },
    ],
    layers: layers.map((layer, at) => layerRecording(layer, at)),
    warnings: scenario.warnings,
    forwardMs: 31.4,
  };
}

function layerRecording({ label, shape }: LayerSummary, at: number): LayerRecording {
  const [channels = 1, height = 1, width = 1] = shape;
  const maxima = Float32Array.from({ length: channels }, (_, map) => maximum(at, map, channels));
  const positions = Int32Array.from({ length: channels }, (_, map) =>
    Math.floor(noise(at, map, 2) * height * width),
  );
  return { label, maxima, positions, inactive: maxima.filter((value) => !(value > 0)).length };
}

function modelSummary(scenario: Scenario, layers: readonly LayerSummary[]): ModelSummary {
  const declared = scenario.preprocessing === 'declared';
  return {
    path: scenario.subject.model,
    furtherFiles: [],
    name: scenario.model === 'zfnet' ? 'ZFNet' : 'GoogLeNet',
    runtime: 'onnxruntime-node 1.30.0 (cpu)',
    hash: '7f3a',
    inputShape: [3, SIDE, SIDE],
    preprocessing: {
      resize: 256,
      crop: [SIDE, SIDE],
      channels: 'RGB',
      scale: 1 / 255,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
    preprocessingOrigin: scenario.preprocessing,
    preprocessingReason: declared
      ? 'From zfnet.switchback.json.'
      : 'Three channels and 1000 classes: taken for an ImageNet model with mean and standard deviation per channel.',
    source: null,
    layers,
    metadata: [],
    warnings: [],
  };
}

/** Where unit (0, 0) begins: the map is centred on the image. */
function fieldBox(layer: LayerSummary, [y, x]: readonly [number, number]): Box {
  const [size] = layer.receptiveField.size;
  const [stride] = layer.receptiveField.stride;
  const cells = layer.shape[1] ?? 1;
  const first = Math.round((SIDE - (cells - 1) * stride - size) / 2);
  return { top: first + y * stride, left: first + x * stride, height: size, width: size };
}

export function syntheticUnit(
  scenario: Scenario,
  image: string,
  label: string,
  index: number,
  request: UnitRequest,
  method: MethodName,
): ProjectedUnit {
  const layers = syntheticLayers(scenario.model);
  const at = layers.findIndex((layer) => layer.label === label);
  const layer = layers[at]!;
  const recording = layerRecording(layer, at);
  const width = layer.shape[2] ?? 1;
  const place = recording.positions[request.map]!;
  const position = request.position ?? [Math.floor(place / width), place % width];
  const activation = request.position
    ? (syntheticFeatureMap(scenario, label, request.map).values[position[0] * width + position[1]] ?? 0)
    : recording.maxima[request.map]!;
  const receptiveField = fieldBox(layer, position);
  const visible = clip(receptiveField, SIDE, SIDE);
  const active = (request.seed ?? activation) > 0;
  return {
    layer: label,
    index,
    map: request.map,
    position,
    activation,
    status: active ? 'ok' : 'inactive',
    receptiveField,
    visible,
    tile: active ? syntheticTile(syntheticPicture(image), visible, at * 1000 + request.map, method) : null,
  };
}

const largeTiles = new Map<number, SignedTile>();

/** Large tiles repeat, so that what is measured on them is the panel and not this model. */
function syntheticTile(picture: Picture, box: Box, seed: number, method: MethodName): SignedTile {
  if (box.height < 200) return drawTile(picture, box, seed, method);
  const kind = seed % 3;
  const known = largeTiles.get(kind) ?? drawTile(picture, box, kind, method);
  largeTiles.set(kind, known);
  return known;
}

/** The picture's differences along a direction of the map's own, fading out towards the border of the field. */
function drawTile({ rgba }: Picture, box: Box, seed: number, method: MethodName): SignedTile {
  const { height, width } = box;
  const reach = method === 'gradient' ? 1 : 2;
  const angle = Math.PI * noise(seed, 3);
  const dy = Math.round(Math.sin(angle) * reach) || 1;
  const dx = Math.round(Math.cos(angle) * reach);
  const at = (y: number, x: number, c: number) =>
    rgba[4 * (Math.min(Math.max(y, 0), SIDE - 1) * SIDE + Math.min(Math.max(x, 0), SIDE - 1)) + c]!;
  const centre = [
    box.top + height * (0.35 + 0.3 * noise(seed, 7)),
    box.left + width * (0.35 + 0.3 * noise(seed, 8)),
  ];
  const spread = 0.3 * Math.max(height, width) + 1;
  const floats = new Float32Array(height * width * 3);
  let limit = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [row, column] = [box.top + y, box.left + x];
      const fade = Math.exp(-((row - centre[0]!) ** 2 + (column - centre[1]!) ** 2) / (2 * spread ** 2));
      for (let c = 0; c < 3; c++) {
        const edge = at(row + dy, column + dx, c) - at(row - dy, column - dx, c);
        const grain = method === 'gradient' ? 40 * (noise(row, column, seed) - 0.5) : 0;
        const value = fade * (edge * (0.6 + 0.8 * noise(seed, c)) + grain);
        floats[3 * (y * width + x) + c] = value;
        limit = Math.max(limit, Math.abs(value));
      }
    }
  }
  const values = Int16Array.from(floats, (value) => (limit > 0 ? Math.round((value / limit) * 32767) : 0));
  return { height, width, channels: 3, values, limit, quantile: 0.6 * limit };
}

export function syntheticFeatureMap(scenario: Scenario, label: string, map: number): FeatureMap {
  const layers = syntheticLayers(scenario.model);
  const at = layers.findIndex((layer) => layer.label === label);
  const [, height = 1, width = 1] = layers[at]!.shape;
  const recording = layerRecording(layers[at]!, at);
  const top = recording.maxima[map]!;
  const place = recording.positions[map]!;
  const [py, px] = [Math.floor(place / width), place % width];
  const values = Float32Array.from({ length: height * width }, (_, cell) => {
    const [y, x] = [Math.floor(cell / width), cell % width];
    if (cell === place) return top;
    const near = Math.exp(-((y - py) ** 2 + (x - px) ** 2) / (2 * (0.14 * width + 0.5) ** 2));
    const ripple = Math.max(0, noise(at, map, cell) - 0.72);
    return top * Math.min(0.97, 0.9 * near + ripple);
  });
  return { height, width, values };
}
