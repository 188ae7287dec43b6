/** For light and dark mode, print, and widths from a phone's up. It loads nothing. */
export const docsStyle = `
:root {
  color-scheme: light dark;
  --paper: #fcfbf9; --tint: #f4f2ed; --line: #e5e1d9; --ink: #22262a; --soft: #656a6e; --accent: #0f6b58;
  --get: #2c6390; --post: #0f6b58; --patch: #8a5a0b; --delete: #a63d33;
  --name: #23517a; --text: #0f6b58; --value: #8a5a0b;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15181a; --tint: #1c2023; --line: #2d3236; --ink: #dcdfe0; --soft: #989ea2; --accent: #6fc5ae;
    --get: #83b4dc; --post: #6fc5ae; --patch: #dcb066; --delete: #e8938a;
    --name: #9cc3e6; --text: #8bcfbc; --value: #dfba7c;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 var(--sans); overflow-wrap: break-word; }
.page { max-width: 86rem; margin: 0 auto; padding: 0 1.25rem 4rem; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .2em; text-decoration-color: var(--line); }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); }
h1, h2, h3, h4, h5 { line-height: 1.25; margin: 0; text-wrap: balance; }
h1 { font-size: 2.1rem; letter-spacing: -.025em; }
h2 { font-size: 1.5rem; letter-spacing: -.015em; }
h3 { font-size: 1.2rem; letter-spacing: -.01em; }
h4 { font-size: .8rem; font-weight: 600; color: var(--soft); margin: 1.75rem 0 .35rem; }
h5 { font-size: .8rem; font-weight: 600; color: var(--soft); margin: .9rem 0 .3rem; }
h2 a, h3 a { color: inherit; text-decoration: none; }
h2 a:hover, h3 a:hover { color: var(--accent); }
p, ul { margin: .6rem 0; max-width: 42rem; text-wrap: pretty; }
ul { padding-left: 1.15rem; }
li { margin: .3rem 0; }
li::marker { color: var(--soft); }
code, pre { font-family: var(--mono); font-size: .845em; }
p > code, li > code, dd > code { background: var(--tint); border-radius: 3px; padding: .1em .3em; }
var { font-style: normal; color: var(--soft); }

.top { padding: 3rem 0 0; }
.top p { font-size: 1.1rem; }
.top .facts { font-size: .9rem; color: var(--soft); }
.contents { font-size: .9rem; padding: 1.75rem 0 .5rem; columns: 2; column-gap: 1.5rem; }
.contents p { margin: 0 0 .15rem; font-size: .8rem; font-weight: 600; color: var(--soft); }
.contents ul { list-style: none; margin: 0 0 1.25rem; padding: 0; break-inside: avoid; }
.contents li { margin: 0; }
.contents div { break-inside: avoid; }
.contents a { display: block; padding: .2rem 0; color: var(--ink); text-decoration: none; }
.contents a:hover { color: var(--accent); }

.guide, .group { border-top: 1px solid var(--line); padding: 2.5rem 0 0; margin: 3rem 0 0; }
.guide h3 { margin-top: 1.75rem; font-size: 1rem; }
.group > header p { color: var(--soft); margin-bottom: 0; }
.call, .object { padding: 2.75rem 0 0; }
.object h3 { margin-bottom: .75rem; }
.call + .call { border-top: 1px solid var(--line); margin-top: 2.75rem; }
.route { margin: .5rem 0 .75rem; max-width: none; }
.route code { background: none; padding: 0; font-size: .9rem; }
.lead { margin-bottom: 0; }
.lead + p { color: var(--soft); }
.method { font: 600 .7rem/1 var(--mono); letter-spacing: .04em; color: var(--kind); border: 1px solid var(--line);
  border-radius: 4px; padding: .25em .45em; vertical-align: .08em; margin-right: .35rem; }
.get { --kind: var(--get); } .post { --kind: var(--post); } .patch { --kind: var(--patch); } .delete { --kind: var(--delete); }
.contents .method { float: right; border: 0; padding: .5em 0; margin: 0; font-size: .62rem; }

.columns { display: grid; gap: .25rem 2.75rem; }
.columns > * { min-width: 0; }
.text > :first-child { margin-top: .6rem; }
.call .text > h4:first-child { margin-top: 1.1rem; }
.code { margin: 1.1rem 0 0; background: var(--tint); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.code figcaption { font-size: .75rem; color: var(--soft); padding: .55rem .9rem 0; }
.code pre { margin: 0; padding: .4rem .9rem .8rem; overflow-x: auto; font-size: .76rem; line-height: 1.65; }
.json pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.code code { font-size: inherit; }
.needs { margin: .45rem 0 0; font-size: .8rem; color: var(--soft); }
.needs:empty { display: none; }
.j-word { display: inline-block; max-width: 100%; vertical-align: top; }
.j-name { color: var(--name); } .j-text { color: var(--text); } .j-value { color: var(--value); }

table { width: 100%; border-collapse: collapse; font-size: .9rem; }
tr { border-top: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; font-weight: 400; padding: .55rem 0; }
td p, td dl { margin: 0 0 .2rem; }
.fields { table-layout: fixed; }
.fields th { width: 40%; padding-right: 1rem; }
.fields th > code { font-weight: 600; }
.within { color: var(--soft); font-weight: 400; }
.type { color: var(--soft); font-size: .82rem; }
.mark { font-size: .75rem; color: var(--soft); white-space: nowrap; }
.mark.required { color: var(--patch); }
.limits { color: var(--soft); font-size: .82rem; }
.values code { color: var(--soft); background: none; padding: 0; margin-right: .35rem; }
.values.headers code { white-space: nowrap; background: var(--tint); border-radius: 3px; padding: 0 .3em; }
.guide h3 + .fields { margin-top: .6rem; }
dl.values dt { margin-top: .35rem; }
dl.values dd { margin: 0; font-size: .85rem; color: var(--soft); }
dl.headers { margin: .4rem 0; font-size: .88rem; }
dl.headers dt { margin-top: .5rem; }
dl.headers dd { margin: 0; color: var(--soft); }
.status { font: 500 .8rem/1 var(--mono); color: var(--soft); }
.status.good { color: var(--post); }
.statuses { margin-left: .5rem; } .statuses .status { font-size: .75rem; font-weight: 400; margin-right: .2rem; }
.errors th { width: 3.25rem; }
.errors tr:target code { color: var(--accent); font-weight: 600; }
.codes { margin-top: 1.75rem; }
.codes td:nth-child(2) { width: 16rem; padding-right: 1rem; }
details summary { cursor: pointer; color: var(--soft); }
details summary:hover { color: var(--accent); }
td details summary { font-size: .82rem; }
.fold { border-top: 1px solid var(--line); padding: .6rem 0; font-size: .9rem; }
.fold summary { font-weight: 600; font-size: .8rem; }
.text .fields + .fold { margin-top: 1.25rem; }
.fold:last-child { border-bottom: 1px solid var(--line); }
.fold .errors { margin-top: .5rem; }
footer { margin-top: 4rem; color: var(--soft); font-size: .85rem; }

@media (max-width: 34rem) {
  .fields th, .fields td { display: block; width: auto; padding: .5rem 0 0; }
  .fields td { padding: .1rem 0 .55rem; }
  .codes td { display: block; padding: .55rem 0; }
  .codes td:nth-child(2) { width: auto; padding-bottom: 0; }
  .codes td:nth-child(3) { padding-top: .1rem; }
  .code pre { font-size: .7rem; }
  h1 { font-size: 1.75rem; }
  .top { padding-top: 2rem; }
}
@media (min-width: 40rem) { .contents { columns: 3; } }
@media (min-width: 60rem) {
  .page { display: grid; grid-template-columns: 13rem minmax(0, 1fr); column-gap: 3.5rem; padding: 0 2.5rem 6rem; }
  .top, main, footer { grid-column: 2; }
  .contents { grid-column: 1; grid-row: 1 / span 3; columns: auto; position: sticky; top: 0; align-self: start;
    max-height: 100vh; overflow-y: auto; padding: 3.4rem .75rem 2rem 0; scrollbar-width: thin; }
}
@media (min-width: 60rem) { .object .fields th { width: 33%; } }
@media (min-width: 74rem) {
  .columns { grid-template-columns: minmax(0, 1fr) minmax(0, 29rem); }
}
@media print {
  :root { color-scheme: light; --paper: #fff; }
  .contents { display: none; }
  .code, tr { break-inside: avoid; }
  .code pre { white-space: pre-wrap; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
