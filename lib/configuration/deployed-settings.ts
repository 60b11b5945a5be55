import * as z from 'zod';

/** The settings whose change loses or hides data, as the stack has them in its output `Settings`: JSON. */
export const deployedSettingsSchema = z.object({
  names: z.object({
    lakeBucket: z.string().optional(),
    metricsTable: z.string().optional(),
    stateTable: z.string().optional(),
  }),
  encryptionKeyArn: z.string().optional(),
});

export type DeployedSettings = z.infer<typeof deployedSettingsSchema>;
