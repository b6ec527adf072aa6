import { describe, expect, it } from 'vitest';
import { csv } from '../../../src/core/report/csv';
import { experimentReport } from '../../../src/core/report/experimentReport';

const hostile = `"><script>alert('x')</script>&`;
const picture = { caption: hostile, source: 'data:image/png;base64,iVBORw0KGgo=' };
const report = {
  title: hostile,
  facts: [['Model', hostile]] as const,
  summary: [hostile],
  pictures: [picture],
  tables: [{ caption: hostile, head: [hostile], rows: [[hostile, 3]] }],
};

describe('the report of an experiment', () => {
  it('holds no markup from its data', () => {
    const page = experimentReport(report);
    expect(page).not.toMatch(/<script/i);
    expect(page.split('&#34;&#62;&#60;script&#62;').length - 1).toBe(9);
  });

  it('forbids scripts and loads nothing', () => {
    const page = experimentReport(report);
    expect(page).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
  });

  it.each(['https://example.com/x.png', 'data:text/html;base64,AA==', 'data:image/png;base64,A" onload="x'])(
    'takes no picture from %s',
    (source) => {
      expect(() => experimentReport({ ...report, pictures: [{ caption: '', source }] })).toThrow(
        'No picture',
      );
    },
  );
});

describe('comma-separated values', () => {
  it('quote what has to be quoted, and keep numbers', () => {
    expect(
      csv([
        ['a', 'b, c', 'say "x"', 'two\nlines'],
        [1, -0.5, NaN, 1e-7],
      ]),
    ).toBe('a,"b, c","say ""x""","two\nlines"\r\n1,-0.5,NaN,1e-7\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx'])('leave no formula to a spreadsheet: %j', (text) => {
    expect(csv([[text]])).toBe(`'${text}\r\n`);
  });
});
