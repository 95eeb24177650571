using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace QLearning.Silo.Shutdown;

/// <summary>
/// A membership table that a stopping silo does not wait for. The runtime writes its status before the grains flush and again after it,
/// and tries each for minutes while PostgreSQL is away, whatever the host's time limit is. A status that is not written costs the other
/// silos a second or so: they find out by their probes.
/// </summary>
/// <remarks>
/// While PostgreSQL is there, each status is written. Silos that stop together get into each other's way, as each must know the newest
/// version of the table: whose version was taken reads it anew, where the runtime would pause for two seconds and more.
/// </remarks>
internal sealed class ImpatientMembershipTable : IMembershipTable
{
    // The runtime pauses for a second at least after a try that failed. It compares the time before the first try too: on a busy machine
    // some has passed by then.
    private static readonly TimeSpan _noFurtherTry = TimeSpan.FromMilliseconds(900);

    private readonly IMembershipTable _table;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;

    /// <summary>Passes everything to a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="services">Of the silo: know its address and, once it has started, its members.</param>
    /// <param name="time">Limits how long a status is written anew.</param>
    /// <param name="lifetime">Says when the silo stops.</param>
    /// <param name="options">Whose limit of tries is lowered then; the runtime reads it before each status that it writes.</param>
    public ImpatientMembershipTable(
        IMembershipTable table,
        IServiceProvider services,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        IOptions<ClusterMembershipOptions> options)
    {
        (_table, _services, _time, _stopping) = (table, services, time, lifetime.ApplicationStopping);
        _stopping.Register(() => options.Value.MaxJoinAttemptTime = _noFurtherTry);
    }

    public Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken) =>
        LimitedAsync(token => _table.InitializeMembershipTableAsync(tryInitTableVersion, token), cancellationToken);

    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken) =>
        LimitedAsync(token => _table.DeleteMembershipTableEntriesAsync(clusterId, token), cancellationToken);

    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken) =>
        LimitedAsync(token => _table.CleanupDefunctSiloEntriesAsync(beforeDate, token), cancellationToken);

    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken) =>
        LimitedAsync(token => _table.ReadRowAsync(key, token), cancellationToken);

    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken) =>
        LimitedAsync(_table.ReadAllAsync, cancellationToken);

    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        LimitedAsync(token => _table.InsertRowAsync(entry, tableVersion, token), cancellationToken);

    public async Task<bool> UpdateRowAsync(
        MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        await LimitedAsync(token => _table.UpdateRowAsync(entry, etag, tableVersion, token), cancellationToken)
        || (IsThisSiloLeaving(entry) && await UpdateAnewAsync(entry, cancellationToken));

    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken) =>
        LimitedAsync(token => _table.UpdateIAmAliveAsync(entry, token), cancellationToken);

    // The older forms, without a token.
    Task IMembershipTable.InitializeMembershipTable(bool tryInitTableVersion) =>
        InitializeMembershipTableAsync(tryInitTableVersion, default);

    Task IMembershipTable.DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, default);

    Task IMembershipTable.CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, default);

    Task<MembershipTableData> IMembershipTable.ReadRow(SiloAddress key) => ReadRowAsync(key, default);

    Task<MembershipTableData> IMembershipTable.ReadAll() => ReadAllAsync(default);

    Task<bool> IMembershipTable.InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion, default);

    Task<bool> IMembershipTable.UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        UpdateRowAsync(entry, etag, tableVersion, default);

    Task IMembershipTable.UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, default);

    private bool IsThisSiloLeaving(MembershipEntry entry) =>
        entry.Status.IsTerminating() && entry.SiloAddress.Equals(_services.GetRequiredService<ILocalSiloDetails>().SiloAddress);

    private async Task<bool> UpdateAnewAsync(MembershipEntry entry, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        do
        {
            var table = await ReadRowAsync(entry.SiloAddress, cancellationToken);
            if (table.TryGet(entry.SiloAddress) is not ({ Status: not SiloStatus.Dead }, var etag))
            {
                return false;
            }

            var version = table.Version.Next();
            if (await LimitedAsync(token => _table.UpdateRowAsync(entry, etag, version, token), cancellationToken))
            {
                // Else the runtime tells the others what it takes for the table, under the version that somebody else wrote.
                await RefreshAsync(version, cancellationToken);
                return true;
            }
        }
        while (_time.GetElapsedTime(began) < ShutdownTimes.MembershipCall);

        return false;
    }

    private async Task RefreshAsync(TableVersion version, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ShutdownTimes.MembershipCall);
        await _services.GetRequiredService<IClusterMembershipService>().Refresh(new MembershipVersion(version.Version), limit.Token);
    }

    private Task<bool> LimitedAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => LimitedAsync(
        async token =>
        {
            await call(token);
            return true;
        },
        cancellationToken);

    /// <summary>Gives up a call some time after the stop began, be it under way then or made later.</summary>
    private async Task<T> LimitedAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var stopping = _stopping.Register(() => limit.CancelAfter(ShutdownTimes.MembershipCall));
        // The query itself is not cancelled: Npgsql would ask the server that hangs, and whoever cancels would wait for that. When the
        // runtime does so in its stop, the time is over before the grains have theirs.
        return await call(CancellationToken.None).WaitAsync(limit.Token);
    }
}
