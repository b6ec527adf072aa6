import { html, type Html } from './html';
import { reportPage } from './page';

/** A name and its value: a setting, a seed, the model's hash. */
export type Fact = readonly [name: string, value: string];

export interface ReportPicture {
  readonly caption: string;
  /** A PNG or WebP picture as a data URI. */
  readonly source: string;
  /** What its colours stand for, where they are classes. */
  readonly legend?: readonly LegendEntry[];
}

export interface LegendEntry {
  readonly colour: readonly [red: number, green: number, blue: number];
  readonly name: string;
}

export interface ReportTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface ExperimentReport {
  readonly title: string;
  /** Everything that it takes to run the experiment again. */
  readonly facts: readonly Fact[];
  /** What came out, in words. */
  readonly summary: readonly string[];
  readonly pictures: readonly ReportPicture[];
  readonly tables: readonly ReportTable[];
}

/** The report of an experiment as one self-contained page without scripts. Throws for a picture that is no data URI. */
export function experimentReport({ title, facts, summary, pictures, tables }: ExperimentReport): string {
  return reportPage(title, [
    ...summary.map((sentence) => html`<p>${sentence}</p>`),
    html`<div class="units maps">${pictures.map(figure)}</div>`,
    ...tables.map(table),
    html`<h2>Settings</h2>`,
    html`<table>
      ${facts.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </table>`,
  ]);
}

function figure({ caption, source, legend = [] }: ReportPicture): Html {
  if (!/^data:image\/(png|webp);base64,[\w+/=]+$/.test(source)) throw new TypeError('No picture');
  return html`<figure>
    <img alt="${caption}" src="${source}" />
    <figcaption>${caption}${legend.map(legendEntry)}</figcaption>
  </figure>`;
}

function legendEntry({ colour, name }: LegendEntry): Html {
  const [red, green, blue] = colour;
  return html`<br /><svg width="12" height="12" aria-hidden="true">
      <rect width="12" height="12" fill="rgb(${red}, ${green}, ${blue})" />
    </svg>
    ${name}`;
}

function table({ caption, head, rows }: ReportTable): Html {
  return html`<h2>${caption}</h2>
    <table>
      <tr>
        ${head.map((name) => html`<th scope="col">${name}</th>`)}
      </tr>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((value) => html`<td>${value}</td>`)}
          </tr>`,
      )}
    </table>`;
}
