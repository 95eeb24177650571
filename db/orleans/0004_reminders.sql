-- Orleans, step 4: reminders.
--
-- A silo serves a range of the ring of grain hashes. Hashes are unsigned to Orleans but arrive as signed integers of the same bits and are
-- compared as such; the second range query is for ranges that pass the signed end of the ring. The period counts milliseconds: more than
-- 24.8 days need a bigint.

create table if not exists orleans_reminder (
    service_id text not null,
    grain_id text not null,
    reminder_name text not null,
    start_time timestamptz not null,
    period bigint not null,
    grain_hash integer not null,
    version integer not null default 0,
    primary key (service_id, grain_id, reminder_name)
);

create index if not exists idx_orleans_reminder_hash on orleans_reminder (service_id, grain_hash);

comment on table orleans_reminder is 'Reminders that Orleans delivers to grains; period in milliseconds';

insert into OrleansQuery (QueryKey, QueryText) values
('ReadReminderRowsKey', $query$
select grain_id as GrainId, reminder_name as ReminderName, start_time as StartTime, period as Period, version as Version
from orleans_reminder
where service_id = @ServiceId and grain_id = @GrainId
$query$),
('ReadReminderRowKey', $query$
select grain_id as GrainId, reminder_name as ReminderName, start_time as StartTime, period as Period, version as Version
from orleans_reminder
where service_id = @ServiceId and grain_id = @GrainId and reminder_name = @ReminderName
$query$),
('ReadRangeRows1Key', $query$
select grain_id as GrainId, reminder_name as ReminderName, start_time as StartTime, period as Period, version as Version
from orleans_reminder
where service_id = @ServiceId and grain_hash > @BeginHash and grain_hash <= @EndHash
$query$),
('ReadRangeRows2Key', $query$
select grain_id as GrainId, reminder_name as ReminderName, start_time as StartTime, period as Period, version as Version
from orleans_reminder
where service_id = @ServiceId and (grain_hash > @BeginHash or grain_hash <= @EndHash)
$query$),
('UpsertReminderRowKey', $query$
insert into orleans_reminder as known (service_id, grain_id, reminder_name, start_time, period, grain_hash)
values (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash)
on conflict (service_id, grain_id, reminder_name) do update
set start_time = excluded.start_time, period = excluded.period, grain_hash = excluded.grain_hash, version = known.version + 1
returning version as Version
$query$),
('DeleteReminderRowKey', $query$
with gone as (
    delete from orleans_reminder
    where service_id = @ServiceId and grain_id = @GrainId and reminder_name = @ReminderName and version = @Version
    returning version)
select exists (select from gone) as Deleted
$query$),
('DeleteReminderRowsKey', $query$
delete from orleans_reminder where service_id = @ServiceId
$query$)
on conflict (QueryKey) do update set QueryText = excluded.QueryText;
