import { Construct } from 'constructs';
import { AthenaView } from '../analytics/athena-view.ts';
import { readTenantName, type TenantConfiguration } from '../configuration/tenant-configuration.ts';

export interface TenantViewProps {
  /** Name of the Glue database. */
  readonly database: string;
  readonly tenants: readonly TenantConfiguration[];
}

/** The view `tenant` with the facts that queries need about tenants, e.g. their time zones. */
export class TenantView extends Construct {
  constructor(scope: Construct, id: string, { database, tenants }: TenantViewProps) {
    super(scope, id);
    // the schemas of names and time zones allow no character that SQL would have to escape
    const rows = tenants.map((tenant) => `('${readTenantName(tenant)}', '${tenant.timeZone}')`);
    new AthenaView(this, 'View', {
      database,
      view: {
        name: 'tenant',
        description: 'The tenants of this deployment',
        sql: `SELECT * FROM (VALUES ${rows.join(', ')}) AS t (tenant, time_zone)`,
        columns: ['tenant', 'time_zone'].map((name) => ({
          name,
          type: 'varchar',
          engineType: 'varchar',
          hiveType: 'string',
          doc: name === 'tenant' ? 'The tenant.' : 'Time zone of its contact centre, e.g. for at_timezone().',
          personal: false,
        })),
      },
    });
  }
}
