/* Pages that people write, with parts between markers that a run writes anew. */

/** Markdown, by the names of the places that it belongs to. */
export type Parts = Readonly<Record<string, string>>;

/** What stood there holds no marker itself, so that a place without an end takes nothing else with it. */
const PLACE = /(<!-- made by the benchmarks: ([a-z-]+) -->\n)(?:(?!<!-- )[\s\S])*(<!-- end -->)/g;

/**
 * @returns the page with its marked places filled
 * @throws Error where a place has a name that no part has
 */
export function filled(page: string, parts: Parts): string {
  return page.replace(PLACE, (_, begin: string, name: string, end: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`the page has a place "${name}", which nothing is made for`);
    return `${begin}${part}\n${end}`;
  });
}
