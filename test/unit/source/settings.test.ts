import { describe, expect, it } from 'vitest';
import { readSource, weightedLayers } from '../../support/readSource';

const torch = 'import torch\nfrom torch import nn\n';

/** A module that takes its width from `value`, and what comes before and behind it. */
const net = (value: string, parameters = '', body = '') => `
class Net(nn.Module):
    def __init__(self${parameters}):
        super().__init__()
${body === '' ? '' : `        ${body}\n`}        self.conv = nn.Conv2d(3, ${value}, 3)
`;

const cases: readonly (readonly [string, string])[] = [
  ['a dictionary among its attributes', net('self.hparams["width"]', '', 'self.hparams = {"width": 64}')],
  [
    'defaults of arguments that Lightning saves',
    net('self.hparams.width', ', width=64', 'self.save_hyperparameters()'),
  ],
  ['the same, by key', net('self.hparams["width"]', ', width=64', 'self.save_hyperparameters("width")')],
  ['a class of settings', `class Config:\n    width = 64\n${net('cfg.width', ', cfg=Config()')}`],
  [
    'settings by the type of a parameter',
    `class Config:\n    width: int = 64\n${net('cfg.width', ', cfg: Config')}`,
  ],
  [
    'a data class by the type of a parameter, which another function passes on',
    `from dataclasses import dataclass\n@dataclass\nclass Config:\n    width: int = 64\n${net('cfg.width', ', cfg')}\ndef build(cfg: Config):\n    return Net(cfg)\n`,
  ],
  [
    'settings of pydantic',
    `from pydantic import BaseModel, Field\nclass Config(BaseModel):\n    width: int = Field(64, gt=0)\n${net('cfg.width', ', cfg=Config()')}`,
  ],
  [
    'settings of attrs',
    `import attrs\n@attrs.define\nclass Config:\n    width: int = attrs.field(default=64)\n${net('cfg.width', ', cfg=Config()')}`,
  ],
  [
    'a value of an enumeration',
    `from enum import Enum\nclass Width(Enum):\n    LARGE = 64\n${net('Width.LARGE.value')}`,
  ],
  [
    'a member of an enumeration of numbers',
    `from enum import IntEnum\nclass Width(IntEnum):\n    LARGE = 64\n${net('Width.LARGE')}`,
  ],
  [
    'an enumeration by name',
    `import enum\nclass Width(enum.Enum):\n    LARGE = 64\n${net('Width["LARGE"].value')}`,
  ],
  [
    'an enumeration by value',
    `import enum\nclass Width(enum.Enum):\n    LARGE = 64\n${net('Width(64).value')}`,
  ],
  [
    'the members of an enumeration',
    `import enum\nclass Width(enum.Enum):\n    SMALL = 16\n    LARGE = 64\n${net('[w.value for w in Width][-1]')}`,
  ],
  [
    'a choice by an enumeration that numbers itself',
    `import enum\nclass Size(enum.Enum):\n    SMALL = enum.auto()\n    LARGE = enum.auto()\n${net('8 if size is Size.SMALL else 64', ', size=Size.LARGE')}`,
  ],
  [
    'defaults of the command line',
    `import argparse
parser = argparse.ArgumentParser()
group = parser.add_argument_group("net")
group.add_argument("-w", "--net-width", type=int, default=64)
args = parser.parse_args()
${net('width', ', width')}
model = Net(args.net_width)
`,
  ],
  [
    'options of the command line, by their destination',
    `from argparse import ArgumentParser
def options():
    parser = ArgumentParser()
    parser.add_argument("--w", dest="width", default=8)
    parser.add_argument("--wide", action="store_true")
    parser.set_defaults(width=64)
    return parser.parse_known_args()[0]
${net('width', ', width, wide')}
model = Net(**vars(options()))
`,
  ],
  [
    'members of a dictionary',
    `from easydict import EasyDict as edict\ncfg = edict()\ncfg.net = edict(width=8)\ncfg.net.width = 64\n${net('cfg.net.width')}`,
  ],
  [
    'nodes of a configuration',
    `from yacs.config import CfgNode as CN\n_C = CN()\n_C.NET = CN()\n_C.NET.WIDTH = 64\n${net('cfg.NET.WIDTH', ', cfg=_C')}`,
  ],
  [
    'a configuration of OmegaConf',
    `from omegaconf import OmegaConf\ncfg = OmegaConf.create({"net": {"width": 64}})\n${net('cfg.net.width')}`,
  ],
  [
    'a data class as a dictionary',
    `from dataclasses import dataclass, asdict\n@dataclass\nclass Config:\n    width: int = 64\n${net('asdict(Config())["width"]')}`,
  ],
];

describe('settings that are literal in the file', () => {
  it.each(cases)('are read from %s', async (_name, code) => {
    const reading = await readSource(torch + code);
    const name = reading.models[0]?.name ?? '';
    expect(weightedLayers(reading, name)).toEqual(['conv 3>64 3x3/1x1']);
  });

  it('are not made up where the file has none', async () => {
    const reading = await readSource(
      `${torch}class Config:\n    def __init__(self, width):\n        self.width = width\n${net('cfg.width', ', cfg: Config')}`,
    );
    expect(weightedLayers(reading, 'Net')).toEqual(['conv 3>? 3x3/1x1']);
  });

  it('are read from an enumeration of TypeScript', async () => {
    const code = `import * as tf from '@tensorflow/tfjs';
enum Width { Small = 16, Next, Large = 64 }
const net = tf.sequential({ layers: [
  tf.layers.dense({ units: Width.Large }),
  tf.layers.dense({ units: Width.Next }),
] });
`;
    expect(weightedLayers(await readSource(code, 'typescript'), 'net')).toEqual([' ?>64 /', ' ?>17 /']);
  });
});
