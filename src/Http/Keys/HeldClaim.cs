using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Http.Keys;

/// <summary>Holds a claim while its request is under way, however long that takes, so that no other does the same beside it.</summary>
internal sealed class HeldClaim : IAsyncDisposable
{
    private const int RenewalsPerHold = 3;

    private readonly CancellationTokenSource _ended = new();
    private readonly Task _holding;

    /// <summary>Begins to hold it.</summary>
    /// <param name="claim">A claim that was granted.</param>
    /// <param name="keys">Renews it.</param>
    /// <param name="logger">Is told of what failed.</param>
    /// <param name="time">The clock.</param>
    public HeldClaim(RequestClaim claim, RequestKeysClient keys, ILogger logger, TimeProvider time) =>
        _holding = HoldAsync(claim with { IsRenewal = true }, keys, logger, time, _ended.Token);

    /// <summary>Ends the holding: after this it is renewed no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _holding;
        _ended.Dispose();
    }

    private static async Task HoldAsync(
        RequestClaim claim, RequestKeysClient keys, ILogger logger, TimeProvider time, CancellationToken ended)
    {
        var isHeld = true;
        while (isHeld && !ended.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(claim.HoldFor / RenewalsPerHold, time, ended);
                isHeld = (await keys.ClaimAsync(claim, ended)).Outcome == RequestClaimOutcome.Claimed;
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }
            catch (QLearningException error)
            {
                // Who takes it over meanwhile does the request under the same numbers.
                logger.KeyNotRenewed(error, claim.HoldFor);
            }
        }
    }
}
