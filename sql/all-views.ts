import { ENDPOINTS, type Endpoint } from '../catalog/index.ts';
import { createFactViews } from './facts/fact-views.ts';
import { createQueueView } from './facts/queue-view.ts';
import { createAgentEventView, createStatusIntervalView } from './facts/status-views.ts';
import { createCoverageView, createMissingUpstreamView } from './views/coverage-view.ts';
import { createDriftView } from './views/drift-view.ts';
import { createNestedHistoryView, createNestedView } from './views/nested-view.ts';
import { createQuarantineView } from './views/quarantine-view.ts';
import { createSnapshotHistoryView, createSnapshotView } from './views/snapshot-view.ts';
import { createCallSegmentsView, createTailView, tailHistoryView } from './views/version-views.ts';
import type { View } from './views/view.ts';

/** Lists every view, in an order in which they can be created. */
export function createViews(): View[] {
  return [
    ...ENDPOINTS.flatMap(viewsOf),
    createCallSegmentsView(),
    ...createFactViews(),
    createStatusIntervalView(),
    createAgentEventView(),
    createQueueView(),
    createQuarantineView(),
    createDriftView(),
    createCoverageView(),
    createMissingUpstreamView(),
  ];
}

function viewsOf(endpoint: Endpoint): View[] {
  const { source } = endpoint;
  switch (source.kind) {
    case 'tail':
      return [createTailView(endpoint, source), tailHistoryView(endpoint, source)];
    case 'snapshot':
      return [createSnapshotView(endpoint, source), createSnapshotHistoryView(endpoint, source)];
    case 'nested':
      return [createNestedView(endpoint, source), createNestedHistoryView(endpoint, source)];
  }
}
