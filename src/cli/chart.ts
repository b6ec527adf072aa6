import { plot, type PlotOptions } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { encodeSvg } from '../engine/encodePicture';

/** The types of both libraries speak of the DOM, which there is none of here. */
const draw = plot as (options: object) => {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
};
const parse = parseHTML as (html: string) => { readonly document: object };

/** A chart as a PNG picture on white ground, twice as large as on a page. */
export async function chartPng(options: PlotOptions): Promise<Uint8Array> {
  const { document } = parse('<html><body></body></html>');
  const chart = draw({ ...options, document });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return encodeSvg(chart.outerHTML);
}

/** A PNG picture as an address that a page can hold. */
export function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
