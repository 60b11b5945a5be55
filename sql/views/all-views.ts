import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { driftView } from './drift-view.ts';
import { nestedHistoryView, nestedView } from './nested-view.ts';
import { quarantineView } from './quarantine-view.ts';
import { snapshotHistoryView, snapshotView } from './snapshot-view.ts';
import { callSegmentsView, tailHistoryView, tailView } from './version-views.ts';
import type { View } from './view.ts';

/** Every view, in an order in which each can be created. */
export function views(): View[] {
  return [...ENDPOINTS.flatMap(viewsOf), callSegmentsView(), quarantineView(), driftView()];
}

function viewsOf(endpoint: Endpoint): View[] {
  const { source } = endpoint;
  switch (source.kind) {
    case 'tail':
      return [tailView(endpoint, source), tailHistoryView(endpoint, source)];
    case 'snapshot':
      return [snapshotView(endpoint, source), snapshotHistoryView(endpoint, source)];
    case 'nested':
      return [nestedView(endpoint, source), nestedHistoryView(endpoint, source)];
  }
}
