import { expect, it } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { configurationSchema } from '../../lib/configuration/configuration.ts';
import { editorSchema } from './configuration-schema.ts';

const { schema, undescribed } = editorSchema();
const { ccaip } = schema.properties.context.properties;

it('the schema that editors read is the one that is checked (vitest -u writes it anew)', async () => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../../cdk.schema.json');
  expect(cdk.$schema).toBe('./cdk.schema.json');
});

it('it has every setting, says what each means and which are needed', () => {
  expect(Object.keys(ccaip.properties)).toEqual(Object.keys(configurationSchema.shape));
  expect(undescribed).toEqual([]);
  expect(ccaip.required).toEqual(['tenants']);
  expect(ccaip.additionalProperties).toBe(false);
  expect(ccaip.properties.alarmEmail.description).toMatch(/^Where alarms are sent.* Default: nobody is told/);
  expect(ccaip.properties.rawStorageClass.enum).toContain('intelligent-tiering');
  expect(
    ccaip.properties.tenants.items.properties.endpoints.properties.call.properties.everyMinutes.description,
  ).toMatch(/^Minutes between two runs/);
});
