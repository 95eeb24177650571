using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>A silo whose grains hear of their flushes only when they may, as if the answers of PostgreSQL were late.</summary>
public sealed class LateAnswerSilo : SiloFixture
{
    private readonly LateAnswers _answers = new();

    /// <summary>From now on flushes are committed, but their answers do not come until <see cref="Deliver"/>.</summary>
    public void HoldAnswers() => _answers.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answers come.</summary>
    public void Deliver() => _answers.Gate.TrySetResult();

    protected override void Configure(ISiloBuilder silo)
    {
        silo.Services.RemoveAll<IFlushPump>();
        silo.Services.AddSingleton<FlushPump>();
        silo.Services.AddSingleton<IFlushPump>(provider => new LatePump(provider.GetRequiredService<FlushPump>(), _answers));
    }

    private sealed class LateAnswers
    {
        public LateAnswers() => Gate.SetResult();

        public TaskCompletionSource Gate { get; set; } = new();
    }

    private sealed class LatePump(FlushPump pump, LateAnswers answers) : IFlushPump
    {
        public TimeSpan OldestWait => pump.OldestWait;

        public bool IsRunning => pump.IsRunning;

        public async Task<FlushOutcome> WriteAsync(QTableBatch batch)
        {
            var outcome = await pump.WriteAsync(batch);
            await answers.Gate.Task;
            return outcome;
        }
    }
}
