import { QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { Router } from 'wouter';
import { Announcer } from '../design/announcer.tsx';
import { LocaleProvider } from '../i18n/locale-provider.tsx';
import { basePath } from './base-path.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Layout } from './layout/layout.tsx';
import { createQueryClient } from './query-client.ts';
import { Routes } from './routes.tsx';

export function App() {
  const [queries] = useState(createQueryClient);
  return (
    <LocaleProvider>
      <QueryClientProvider client={queries}>
        <Announcer>
          <Router base={basePath}>
            <Layout>
              <ErrorBoundary>
                <Routes />
              </ErrorBoundary>
            </Layout>
          </Router>
        </Announcer>
      </QueryClientProvider>
    </LocaleProvider>
  );
}
