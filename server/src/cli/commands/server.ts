import { makeStore } from '../../composition/open-store.ts';
import { readConfig, readStoreConfig, type StoreSetting } from '../../config/config.ts';
import { stopOnSignal } from '../../standalone/shutdown.ts';
import { issueLocalToken, type SessionOptions } from '../api-client.ts';
import type { LendingCommand } from '../lending-command.ts';
import { type JsonOption, print, printJson } from '../output.ts';
import { ignoreClosedOutput } from '../streams.ts';

/** serve, init and token. */
export function addServerCommands(program: LendingCommand): void {
  program
    .command('serve')
    .description('serves the API on HOST and PORT, with the data in STORE')
    .option('--json', 'print the URL, or the error, as one JSON line')
    .example('serve')
    .action(async ({ json }: JsonOption) => {
      ignoreClosedOutput();
      const config = readConfig();
      let close = async (): Promise<void> => {}; // nothing is lost where it is stopped during its start
      stopOnSignal(() => close());
      const { serve } = await import('../../standalone/serve.ts');
      const server = await serve(config);
      close = () => server.close();
      if (json) return printJson({ url: server.url, ...(server.demo !== undefined && { demo: server.demo }) });
      const data = storeLocation(config.store);
      print(`Private Lending is listening on ${server.url}`, `  reference: ${server.url}/docs`, `  data:      ${data}`);
      print('', `Open ${server.url} in a browser.`);
      if (server.demo)
        print('', 'A demo loan waits for its lenders. Paste this into another terminal to invite three:', '', server.demo);
    });

  program
    .command('init')
    .description('creates the file or, for development, the table of STORE')
    .option('--json', 'print the result, or the error, as JSON')
    .example('init')
    .action(async ({ json }: JsonOption) => {
      const store = readStoreConfig();
      const created = await makeStore(store);
      if (json) printJson({ store: storeLocation(store), created });
      else print(created ? `Created ${storeLocation(store)}` : `${storeLocation(store)} already exists`);
    });

  program
    .command('token')
    .description('has the local issuer issue a token for an e-mail address, valid for an hour')
    .argument('<email>', 'the address')
    .option('--name <name>', 'the name claim of the token')
    .option('--url <url>', 'use this server instead of opening the store, also LENDING_URL')
    .option('--json', 'print the whole response, or the error, as JSON')
    .example('token borrower@example.com')
    .action(
      async (email: string, { json, name, url }: JsonOption & SessionOptions & { name?: string }, command: LendingCommand) => {
        const issued = await issueLocalToken({ url }, command, email, name);
        if (json) printJson(issued);
        else print(issued.token);
      },
    );
}

function storeLocation(store: StoreSetting): string {
  return store.kind === 'sqlite' ? store.path : store.table;
}
