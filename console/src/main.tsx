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

startTheme();
await startI18n();
const cache = newQueryClient();
const router = newRouter(cache);

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
