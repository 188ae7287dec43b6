/** Markdown by the name of its section. */
export type Sections = Readonly<Record<string, string>>;

/** The content must not have another marker, so that a section without an end does not swallow the next one. */
const SECTION = /(<!-- made by the benchmarks: ([a-z-]+) -->\n)(?:(?!<!-- )[\s\S])*(<!-- end -->)/g;

/** Replaces the marked sections of a page, which is otherwise written by hand. @throws Error for an unknown section */
export function fillSections(page: string, sections: Sections): string {
  return page.replace(SECTION, (_, begin: string, name: string, end: string) => {
    const section = sections[name];
    if (section === undefined) throw new Error(`no benchmark for the section "${name}"`);
    return `${begin}${section}\n${end}`;
  });
}
