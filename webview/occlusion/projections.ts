import type { Peer } from '../../src/protocol/contract';
import type { ProjectedUnit } from '../../src/protocol/model';
import type { MapChoice } from '../../src/protocol/occlusion';
import type { PanelHostContract, PanelSubject } from '../../src/protocol/panelContract';

/** Projections of the watched maps' strongest units in the whole picture, asked for once. */
export interface Projections {
  /** `null` while it is computed, and where it cannot be. */
  readonly of: (subject: PanelSubject, choice: MapChoice) => ProjectedUnit | null;
  readonly clear: () => void;
}

export function createProjections(host: Peer<PanelHostContract>, onChange: () => void): Projections {
  const known = new Map<string, ProjectedUnit | null>();
  const ask = async (key: string, { model, image }: PanelSubject, { layer, map }: MapChoice) => {
    known.set(key, null);
    await host.call(
      'project',
      { model, image, layer, units: [{ map }], method: 'deconvnet' },
      {
        onProgress: (unit) => {
          if (known.has(key)) known.set(key, unit);
          onChange();
        },
      },
    );
  };
  return {
    of: (subject, choice) => {
      const key = JSON.stringify([subject.model, subject.image, choice.layer, choice.map]);
      const unit = known.get(key);
      if (unit === undefined) void ask(key, subject, choice);
      return unit ?? null;
    },
    clear: () => known.clear(),
  };
}
