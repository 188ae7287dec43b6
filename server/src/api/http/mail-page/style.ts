/** In the style of the reference page. It loads nothing. */
export const mailPageStyle = `
:root { color-scheme: light dark; --page: #f4f2ed; --paper: #ffffff; --line: #e5e1d9; --ink: #22262a; --soft: #5c6266;
  --accent: #0f6b58; --on-accent: #ffffff; --failed: #a63d33; }
@media (prefers-color-scheme: dark) {
  :root { --page: #15181a; --paper: #1c2023; --line: #2d3236; --ink: #e4e7e8; --soft: #a3a9ad;
    --accent: #6fc5ae; --on-accent: #10201c; --failed: #e8938a; }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; padding: 1.25rem .75rem 3rem; background: var(--page); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word; }
main { max-width: 34rem; margin: 0 auto; padding: 1.75rem 1.5rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: 10px; }
h1 { font-size: 1.55rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem; }
p, ol { margin: 0 0 .9rem; }
ol { padding-left: 1.4rem; }
code { font-size: .875em; overflow-wrap: anywhere; }
.site, .small, .or { color: var(--soft); font-size: .875rem; }
.site { margin-bottom: .4rem; }
.small { margin: 1.75rem 0 0; }
.or { margin: 1.1rem 0 .5rem; }
form { margin: 0; }
button { font: inherit; font-weight: 600; width: 100%; min-height: 3rem; padding: .6rem 1.25rem; border-radius: 8px; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); }
form[data-call="decline"] ~ form button { background: transparent; color: var(--accent); }
button:disabled { opacity: .6; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.note { border-left: 4px solid var(--line); padding: .3rem 0 .3rem .9rem; margin: 1.25rem 0 0; }
.note:empty { display: none; }
.note.done { border-color: var(--accent); font-weight: 600; }
.note.failed { border-color: var(--failed); font-weight: 600; }
@media (min-width: 30rem) { button { width: auto; min-width: 16rem; } }
`;
