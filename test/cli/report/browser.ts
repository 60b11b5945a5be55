import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** Whether there is a browser; said aloud where there is none. */
export const hasBrowser = CHROMIUM !== undefined;
if (!hasBrowser)
  console.log('\nSKIPPED: no report is looked at, because there is no Chromium (apt-get install chromium)\n');

const QUIET = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'].map((what) => `--disable-${what}`);

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM ?? '',
    // the limit of the test counts
    timeout: 0,
    args: ['--headless', '--no-sandbox', '--no-first-run', ...QUIET],
  });
