declare module 'dynalite' {
  interface DynaliteOptions {
    /** Folder of the LevelDB store. @default - kept in memory */
    path?: string;
    /** How long a new table stays `CREATING`, milliseconds. */
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }

  /** Closing it also closes the store. */
  export default function dynalite(options: DynaliteOptions): import('node:http').Server;
}
