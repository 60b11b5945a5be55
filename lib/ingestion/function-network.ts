import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Configuration } from '../configuration/configuration.ts';

/** Network of the functions. */
export type Network = NonNullable<Configuration['vpc']>;

/** Allows Lambda to manage the network interfaces of a function. These actions do not support narrower resources. */
export function grantNetwork(): PolicyStatement {
  return new PolicyStatement({
    sid: 'NetworkInterfaces',
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });
}

/** Places a function in subnets, of which only the ids are known. */
export function runIn({ subnetIds, securityGroupIds }: Network, { node }: LambdaFunction): void {
  const { defaultChild } = node;
  if (defaultChild instanceof CfnFunction) defaultChild.vpcConfig = { subnetIds, securityGroupIds };
}
