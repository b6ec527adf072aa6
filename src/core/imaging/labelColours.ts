import { schemeTableau10 } from 'd3-scale-chromatic';

export type Colour = readonly [red: number, green: number, blue: number];

/** The colour of a class. */
export type LabelColours = (label: number) => Colour;

/**
 * Colours for classes in the order in which they are first asked for: ten that are easy to tell apart, then further hues. A class keeps
 * its colour however many follow.
 */
export function labelColours(): LabelColours {
  const order = new Map<number, number>();
  return (label) => {
    const place = order.get(label) ?? order.size;
    order.set(label, place);
    const named = schemeTableau10[place];
    return named === undefined ? hue(place) : parseColour(named);
  };
}

function parseColour(text: string): Colour {
  const colour = parseInt(text.slice(1), 16);
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/** The golden angle keeps neighbours in the order far apart. */
function hue(place: number): Colour {
  const angle = (place * 137.508) % 360;
  const channel = (offset: number): number => {
    const k = (offset + angle / 30) % 12;
    return Math.round(255 * (0.5 - 0.3 * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
