import { expect, it } from 'vitest';
import { readClientSettings } from '../../local/aws/client-settings.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };

it('gives a client region, keys and the endpoint of its service', () => {
  const settingsOf = readClientSettings({
    ...KEYS,
    AWS_SESSION_TOKEN: 'token',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: 'http://any',
    AWS_ENDPOINT_URL_SQS: 'http://sqs',
  });
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' };
  expect(settingsOf('SQS')).toEqual({ region: 'eu-central-1', credentials, endpoint: 'http://sqs' });
  expect(settingsOf('LAMBDA')).toEqual({ region: 'eu-central-1', credentials, endpoint: 'http://any' });
});

it('leaves to the SDK what is missing or empty', () => {
  expect(readClientSettings({})('SQS')).toEqual({});
  expect(readClientSettings({ ...KEYS, AWS_SECRET_ACCESS_KEY: '', AWS_REGION: '', AWS_PROFILE: '' })('SQS')).toEqual(
    {},
  );
});

it('prefers a named profile to keys, without a warning', () => {
  const settings = readClientSettings({ ...KEYS, AWS_PROFILE: 'prod' })('SQS');
  expect(settings).toEqual({ profile: 'prod', logger: expect.anything() });
});
