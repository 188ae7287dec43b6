const COLOURS = [
  'page',
  'paper',
  'sunken',
  'line',
  'control-line',
  'ink',
  'soft',
  'accent',
  'accent-tint',
  'waiting',
  'waiting-tint',
];
const SIZES = { xxl: 'Extra large', xl: 'Headings of pages', l: 'Headings of parts', m: 'Text', s: 'Small text' };

/** The scale of type, and the colours of the present theme. */
export function ColourSamples() {
  return (
    <>
      {Object.entries(SIZES).map(([size, text]) => (
        <p key={size} style={{ fontSize: `var(--text-${size})` }}>
          {text}: 5,000.00 USD
        </p>
      ))}
      <ul className="catalogue-colours small">
        {[...COLOURS, 'failed', 'failed-tint'].map((name) => (
          <li key={name}>
            <span className="catalogue-swatch" style={{ background: `var(--${name})` }} />
            {name}
          </li>
        ))}
      </ul>
    </>
  );
}
