-- Orleans, step 3: grain storage.
--
-- The version of a row is the grain's etag: a writer names the version it read. The unique index is both the way to a row and
-- the judge between two first writes. The hashes lead it since they tell grains apart; equal hashes of different grains are
-- legal, so the rest of the identity follows. A missing key extension must equal itself and nothing else: the last two
-- expressions see to that on every supported version of PostgreSQL.

create table if not exists orleans_grain_state (
    grain_id_hash integer not null,
    grain_type_hash integer not null,
    grain_id_n0 bigint not null,
    grain_id_n1 bigint not null,
    grain_type text not null,
    service_id text not null,
    grain_id_extension text,
    payload bytea,
    version integer not null,
    modified_at timestamptz not null default now()
);

create unique index if not exists uq_orleans_grain_state on orleans_grain_state (
    grain_id_hash, grain_type_hash, grain_id_n0, grain_id_n1, grain_type, service_id,
    (coalesce(grain_id_extension, '')), (grain_id_extension is null));

comment on table orleans_grain_state is 'State of grains kept by Orleans grain storage; a row without payload was cleared';

insert into OrleansQuery (QueryKey, QueryText) values
('ReadFromStorageKey', $query$
select payload as PayloadBinary, version as Version
from orleans_grain_state
where grain_id_hash = @GrainIdHash and grain_type_hash = @GrainTypeHash
  and grain_id_n0 = @GrainIdN0 and grain_id_n1 = @GrainIdN1
  and grain_type = @GrainTypeString and service_id = @ServiceId
  and grain_id_extension is not distinct from @GrainIdExtensionString
$query$),
('WriteToStorageKey', $query$
with changed as (
    update orleans_grain_state
    set payload = @PayloadBinary, version = version + 1, modified_at = now()
    where grain_id_hash = @GrainIdHash and grain_type_hash = @GrainTypeHash
      and grain_id_n0 = @GrainIdN0 and grain_id_n1 = @GrainIdN1
      and grain_type = @GrainTypeString and service_id = @ServiceId
      and grain_id_extension is not distinct from @GrainIdExtensionString
      and version = @GrainStateVersion
    returning version),
made as (
    insert into orleans_grain_state
        (grain_id_hash, grain_type_hash, grain_id_n0, grain_id_n1, grain_type, service_id, grain_id_extension, payload, version)
    select @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, @GrainTypeString, @ServiceId, @GrainIdExtensionString, @PayloadBinary, 1
    where @GrainStateVersion is null
    on conflict do nothing
    returning version)
select version as NewGrainStateVersion from changed
union all
select version from made
$query$),
('ClearStorageKey', $query$
update orleans_grain_state
set payload = null, version = version + 1, modified_at = now()
where grain_id_hash = @GrainIdHash and grain_type_hash = @GrainTypeHash
  and grain_id_n0 = @GrainIdN0 and grain_id_n1 = @GrainIdN1
  and grain_type = @GrainTypeString and service_id = @ServiceId
  and grain_id_extension is not distinct from @GrainIdExtensionString
  and version = @GrainStateVersion
returning version as NewGrainStateVersion
$query$),
('DeleteStorageKey', $query$
delete from orleans_grain_state
where grain_id_hash = @GrainIdHash and grain_type_hash = @GrainTypeHash
  and grain_id_n0 = @GrainIdN0 and grain_id_n1 = @GrainIdN1
  and grain_type = @GrainTypeString and service_id = @ServiceId
  and grain_id_extension is not distinct from @GrainIdExtensionString
  and version = @GrainStateVersion
returning version + 1 as NewGrainStateVersion
$query$)
on conflict (QueryKey) do update set QueryText = excluded.QueryText;
