import { expect, it } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { editorSchema } from '../../cli/documentation/editor-schema.ts';
import { configurationSchema } from '../../lib/configuration/configuration.ts';
import type { Json } from './template.ts';

const { schema, undescribed } = editorSchema();
const { ccaip }: Json = Object(schema.properties?.context).properties;

it('cdk.json names its schema for editors', () => expect(cdk.$schema).toBe('./cdk.schema.json'));

it('the schema has every setting with its meaning, and marks the required ones', () => {
  expect(Object.keys(ccaip.properties)).toEqual(Object.keys(configurationSchema.shape));
  expect(undescribed).toEqual([]);
  expect(ccaip.required).toEqual(['tenants']);
  expect(ccaip.additionalProperties).toBe(false);
  expect(ccaip.properties.alarmEmail.description).toMatch(/^E-mail address for alarms.* Default: no e-mail is sent/);
  expect(ccaip.properties.rawStorageClass.enum).toContain('intelligent-tiering');
  expect(
    ccaip.properties.tenants.items.properties.endpoints.properties.call.properties.everyMinutes.description,
  ).toMatch(/^Minutes between two runs/);
});
