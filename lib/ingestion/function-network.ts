import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Configuration } from '../configuration/configuration.ts';

/** Where functions run. */
export type Network = NonNullable<Configuration['vpc']>;

/** Lets Lambda make and remove a function's network interfaces: these actions know no narrower resource. */
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

/** Puts a function into subnets, which are known by their ids alone. */
export function runIn({ subnetIds, securityGroupIds }: Network, { node }: LambdaFunction): void {
  const { defaultChild } = node;
  if (defaultChild instanceof CfnFunction) defaultChild.vpcConfig = { subnetIds, securityGroupIds };
}
