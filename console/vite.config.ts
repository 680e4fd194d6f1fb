import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.TENANTRY_URL ?? 'http://127.0.0.1:8080';
// The server compares Origin with Host, so the proxy keeps the Host.
const target = { target: server, changeOrigin: false };
const proxy = { '/v1': target, '/api': target, '/t': target };

// The server's policy for the console; the preview keeps it, so that the browser tests see what it would refuse.
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export default defineConfig({
  base: '/console/',
  plugins: [react(), tailwindcss()],
  server: { host: '127.0.0.1', port: 5173, strictPort: true, proxy },
  preview: { host: '127.0.0.1', port: 4173, strictPort: true, proxy, headers: { 'Content-Security-Policy': policy } },
  build: {
    target: 'es2022',
    manifest: true,
    // The console's policy allows no data: scripts or fonts; small files stay files.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What every page needs in one chunk: it compresses better than twenty.
        codeSplitting: {
          groups: [
            { name: 'core', test: /node_modules[\\/](react|react-dom|scheduler|openapi-fetch|@tanstack)[\\/]/ },
            {
              name: 'ui',
              test: /(src[\\/](ui|app)[\\/](?!palette|help|menu-kit|confirm-dialog|impersonation-banner)|sdk[\\/]typescript)/,
            },
          ],
        },
      },
    },
  },
});
