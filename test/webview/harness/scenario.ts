import type { Failure } from '../../../src/protocol/contract';
import type { PanelSettings, PanelSubject } from '../../../src/protocol/panelContract';
import type { ThemeName } from './themes';

/** What the fake host plays. Plain data: it crosses from the test into the page. */
export interface Scenario {
  readonly theme: ThemeName;
  readonly model: 'zfnet' | 'googlenet' | 'deep';
  readonly subject: PanelSubject;
  readonly settings: PanelSettings;
  readonly isClassifier: boolean;
  /** Milliseconds before each unit of a projection, and before each step of recording. */
  readonly unitDelay: number;
  readonly stepDelay: number;
  readonly preprocessing: 'declared' | 'guessed';
  readonly warnings: readonly string[];
  /** Answers of `record`, and of `project` by layer. */
  readonly recordFailure: Failure | null;
  readonly layerFailures: Readonly<Record<string, Failure>>;
  /** The text of `parts.json`; empty where there is none. */
  readonly parts: string;
  /** What `importParts` adds. */
  readonly importedParts: string;
  /** Answer of `readParts` and `changeParts`. */
  readonly partsFailure: Failure | null;
  /** The engine dies in the middle of this layer, once. */
  readonly diesAt: string | null;
  /** Of a panel about a data set: what was there before it opened, and how long each step takes. */
  readonly dataSet: {
    /** Path of the model, or of the folder of checkpoints. */
    readonly model: string;
    /** Path of an index that was made elsewhere; the editor's own where `null`. */
    readonly index: string | null;
    readonly isIndexed: boolean;
    readonly pictures: number;
    readonly unread: readonly string[];
    readonly stepDelay: number;
    /** Whether another scan has to end first. */
    readonly waits: boolean;
    /** Answer of what runs in the background. */
    readonly failure: Failure | null;
  };
}

export const subject: PanelSubject = {
  model: '/models/zfnet.onnx',
  images: ['/pictures/lighthouse.png', '/pictures/harbour.jpg'],
  image: '/pictures/lighthouse.png',
};

/** Annotations of both pictures; a lamp of the second lies at its border. */
export const annotated = JSON.stringify({
  size: 32,
  images: [
    { file: 'lighthouse.png', lamp: [168, 84], sun: [344, 132] },
    { file: 'harbour.jpg', lamp: [260, 84], sun: [440, 132], gate: [120, 300] },
  ],
});

export const defaultScenario: Scenario = {
  theme: 'dark',
  model: 'zfnet',
  subject,
  settings: { mapsPerLayer: 9, displayScale: 'tile' },
  isClassifier: true,
  unitDelay: 0,
  stepDelay: 0,
  preprocessing: 'guessed',
  warnings: [],
  recordFailure: null,
  layerFailures: {},
  parts: '',
  importedParts: '{"images": []}',
  partsFailure: null,
  diesAt: null,
  dataSet: {
    model: '/models/zfnet.onnx',
    index: null,
    isIndexed: false,
    pictures: 40,
    unread: [],
    stepDelay: 0,
    waits: false,
    failure: null,
  },
};

/** What a test can ask and tell the fake host inside the page. */
export interface HarnessControl {
  readonly calls: { readonly method: string; readonly params: unknown }[];
  /** Calls that were cancelled by the view. */
  readonly cancelled: string[];
  readonly show: (subject: PanelSubject) => void;
  readonly engineDown: () => void;
  readonly revealLayer: (layer: string) => void;
  readonly saved: { readonly name: string; readonly content: Uint8Array }[];
  readonly violations: string[];
  /** Changes the scenario from now on. */
  readonly change: (changes: Partial<Scenario>) => void;
}

declare global {
  interface Window {
    scenario: Scenario;
    harness: HarnessControl;
  }
}
