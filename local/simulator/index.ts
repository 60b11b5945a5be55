export type { Collection } from './collections.ts';
export type { FaultOptions } from './faults.ts';
export type { SimulationOptions } from './options.ts';
export { type ServerOptions, type SimulatorServer, serve } from './server.ts';
export { type Simulation, simulate, type Truth } from './simulation.ts';
export type { CallStage } from './stages.ts';
export type { ExpectedMetric } from './timeline.ts';
export { ROUNDING_TOLERANCE, type TruthOfCall } from './truth.ts';
