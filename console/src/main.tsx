/** The console's start. */
import './styles.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { newQueryClient } from './app/api';
import { startI18n } from './app/i18n';
import { newRouter } from './app/router';
import { startTheme } from './app/theme';
import { isKnownTrouble } from './ui/trouble';

startTheme();
await startI18n();
const cache = newQueryClient();
const router = newRouter(cache);

/** What the pages themselves show (ui/trouble.tsx) needs no second mention in the browser's log. */
function logDefect(error: unknown): void {
  if (!isKnownTrouble(error)) {
    reportError(error);
  }
}

const root = createRoot(document.getElementById('root') as HTMLElement, { onCaughtError: logDefect });
root.render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
