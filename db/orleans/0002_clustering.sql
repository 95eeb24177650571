-- Orleans, step 2: cluster membership.
--
-- One counter per cluster guards its members: whoever writes a member must know the newest version and moves it by one. The conditional
-- update of the version row decides races: a second writer waits for that row, then sees another version and changes nothing.

create table if not exists orleans_membership_version (
    deployment_id text not null primary key,
    version integer not null default 0,
    modified_at timestamptz not null default now()
);

create table if not exists orleans_membership (
    deployment_id text not null references orleans_membership_version (deployment_id) on delete cascade,
    address text not null,
    port integer not null,
    generation integer not null,
    silo_name text not null,
    host_name text not null,
    status integer not null,
    proxy_port integer not null,
    suspect_times text,
    start_time timestamptz not null,
    i_am_alive_time timestamptz not null,
    primary key (deployment_id, address, port, generation)
);

comment on table orleans_membership_version is 'The version of each cluster''s membership';
comment on table orleans_membership is 'The silos of each cluster; status 3 is active, 6 is dead';

insert into OrleansQuery (QueryKey, QueryText) values
('InsertMembershipVersionKey', $query$
with made as (
    insert into orleans_membership_version (deployment_id)
    values (@DeploymentId)
    on conflict (deployment_id) do nothing
    returning deployment_id)
select exists (select from made) as Created
$query$),
('InsertMembershipKey', $query$
with moved as (
    update orleans_membership_version
    set version = version + 1, modified_at = now()
    where deployment_id = @DeploymentId and version = @Version
      and not exists (
          select from orleans_membership
          where deployment_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
    returning deployment_id),
made as (
    insert into orleans_membership
        (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, i_am_alive_time)
    select deployment_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    from moved
    returning deployment_id)
select exists (select from made) as Inserted
$query$),
('UpdateMembershipKey', $query$
with moved as (
    update orleans_membership_version
    set version = version + 1, modified_at = now()
    where deployment_id = @DeploymentId and version = @Version
      and exists (
          select from orleans_membership
          where deployment_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
    returning deployment_id),
changed as (
    update orleans_membership m
    set status = @Status, suspect_times = @SuspectTimes, i_am_alive_time = @IAmAliveTime
    from moved
    where m.deployment_id = moved.deployment_id and m.address = @Address and m.port = @Port and m.generation = @Generation
    returning m.deployment_id)
select exists (select from changed) as Updated
$query$),
('UpdateIAmAlivetimeKey', $query$
update orleans_membership
set i_am_alive_time = @IAmAliveTime
where deployment_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$query$),
('MembershipReadAllKey', $query$
select v.version as Version, m.address as Address, m.port as Port, m.generation as Generation, m.silo_name as SiloName,
    m.host_name as HostName, m.status as Status, m.proxy_port as ProxyPort, m.suspect_times as SuspectTimes,
    m.start_time as StartTime, m.i_am_alive_time as IAmAliveTime
from orleans_membership_version v
left join orleans_membership m on m.deployment_id = v.deployment_id
where v.deployment_id = @DeploymentId
$query$),
('MembershipReadRowKey', $query$
select v.version as Version, m.address as Address, m.port as Port, m.generation as Generation, m.silo_name as SiloName,
    m.host_name as HostName, m.status as Status, m.proxy_port as ProxyPort, m.suspect_times as SuspectTimes,
    m.start_time as StartTime, m.i_am_alive_time as IAmAliveTime
from orleans_membership_version v
left join orleans_membership m on m.deployment_id = v.deployment_id
    and m.address = @Address and m.port = @Port and m.generation = @Generation
where v.deployment_id = @DeploymentId
$query$),
('GatewaysQueryKey', $query$
select address as Address, proxy_port as ProxyPort, generation as Generation
from orleans_membership
where deployment_id = @DeploymentId and status = @Status and proxy_port > 0
$query$),
('CleanupDefunctSiloEntriesKey', $query$
delete from orleans_membership
where deployment_id = @DeploymentId and status = 6 and i_am_alive_time < @IAmAliveTime
$query$),
('CleanupDefunctSiloEntryKey', $query$
delete from orleans_membership
where deployment_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation and status = 6
  and start_time = @StartTime and i_am_alive_time = @IAmAliveTime and suspect_times is not distinct from @SuspectTimes
$query$),
('DeleteMembershipTableEntriesKey', $query$
delete from orleans_membership_version where deployment_id = @DeploymentId
$query$)
on conflict (QueryKey) do update set QueryText = excluded.QueryText;
